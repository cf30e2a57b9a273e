// One run of a statement: it waits for its turn, begins, reads rows while they come, and can be cancelled.
import { type Query, type QueryPurpose, type QueryServer, ROWS_AT_ONCE, queryServer } from '../api/query'
import { RequestError } from '../api/problem'
import { type Store, store } from '../store'
import type { Column, Row } from './cell'
import { type Desk, type Urgency, desk } from './desk'

export type Phase = 'running' | 'done' | 'failed' | 'cancelled'

export interface RunView {
  phase: Phase
  columns: readonly Column[]
  rows: readonly Row[]
  /** There are rows that have not been read. */
  hasMore: boolean
  isLoadingMore: boolean
  /** The query as the server saw it last. */
  query: Query | undefined
  /** What it failed on, or what reading on failed on. */
  error: unknown
  /** By the clock of this browser. */
  startedAt: number
}

/** So long the server is asked again at first, and at most, while a query runs. */
const PAUSE_MS_MIN = 40
const PAUSE_MS_MAX = 1_000
/** All places may be taken by another window: then it is tried again, so often. */
const TRIES_MAX = 8
const TRY_AGAIN_MS = 500

interface Surroundings {
  server: QueryServer
  desk: Desk
  pause: (ms: number, signal: AbortSignal) => Promise<void>
}

const REAL: Surroundings = { server: queryServer, desk, pause }

export class Run {
  readonly view: Store<RunView>
  private readonly abort = new AbortController()
  private id: string | undefined
  private cursor: string | undefined

  constructor(
    readonly sql: string,
    private readonly around: Surroundings = REAL,
    /** So many rows are read by themselves. */
    private readonly firstCount = ROWS_AT_ONCE,
  ) {
    this.view = store<RunView>({ phase: 'running', columns: [], rows: [], hasMore: false, isLoadingMore: false, query: undefined, error: undefined, startedAt: Date.now() })
  }

  async start(): Promise<void> {
    try {
      const ended = await this.work()
      this.change({ phase: phaseOf(ended), query: ended, error: ended.problem ? problemOf(ended) : undefined })
    } catch (error) {
      if (!this.abort.signal.aborted) this.change({ phase: 'failed', error })
    }
  }

  /** Stops it; rows that have come stay. */
  cancel(): void {
    if (this.view.get().phase !== 'running') return
    this.change({ phase: 'cancelled', hasMore: false })
    this.leave()
  }

  /** Nobody looks at it any more. */
  leave(): void {
    this.abort.abort()
  }

  /** Reads the next rows. */
  async loadMore(limit = ROWS_AT_ONCE): Promise<void> {
    const { isLoadingMore, hasMore, phase } = this.view.get()
    if (!this.id || isLoadingMore || !hasMore || phase === 'running') return
    this.change({ isLoadingMore: true, error: undefined })
    try {
      await this.read(this.id, limit, this.abort.signal)
      this.change({ isLoadingMore: false })
    } catch (error) {
      if (!this.abort.signal.aborted) this.change({ isLoadingMore: false, error })
    }
  }

  private async work(): Promise<Query> {
    const { signal } = this.abort
    const giveBack = await this.around.desk.take('rows', signal)
    try {
      const query = await begin(this.sql, 'search', signal, this.around)
      this.id = query.id
      this.change({ query, columns: query.columns ?? [] })
      return await this.follow(query.id, signal)
    } catch (error) {
      if (this.id && signal.aborted) await stop(this.id, this.around.server)
      throw error
    } finally {
      giveBack()
    }
  }

  private async follow(id: string, signal: AbortSignal): Promise<Query> {
    for (let ms = PAUSE_MS_MIN; ; ms = Math.min(PAUSE_MS_MAX, ms * 2)) {
      const wanted = this.firstCount - this.view.get().rows.length
      const isRunning = wanted > 0 ? await this.read(id, wanted, signal) : true
      const query = await this.around.server.look(id, signal)
      this.change({ query, hasMore: query.rowCount > this.view.get().rows.length })
      if (query.state !== 'running') {
        // The last rows may have come between both answers.
        const due = Math.min(this.firstCount, query.rowCount)
        while (this.view.get().rows.length < due) await this.read(id, due - this.view.get().rows.length, signal)
        return query
      }
      if (isRunning) await this.around.pause(ms, signal)
    }
  }

  /** Reads rows, as many as come at once; returns whether the query was still at work. */
  private async read(id: string, limit: number, signal: AbortSignal): Promise<boolean> {
    const { rows: before } = this.view.get()
    const page = await this.around.server.rows(id, this.cursor, Math.min(limit, ROWS_AT_ONCE), signal)
    const rows = page.rows.length > 0 ? [...before, ...(page.rows as Row[])] : before
    this.cursor = page.next ?? this.cursor
    this.change({ columns: page.columns, rows, hasMore: page.next !== null && page.next !== undefined })
    return page.state === 'running'
  }

  private change(part: Partial<RunView>): void {
    this.view.set({ ...this.view.get(), ...part })
  }
}

function phaseOf({ state }: Query): Phase {
  if (state === 'cancelled') return 'cancelled'
  return state === 'failed' ? 'failed' : 'done'
}

/** A query that failed at work, as a request that failed is shown. */
function problemOf({ problem }: Query): RequestError {
  const code = problem?.code ?? 'failed'
  return new RequestError({ type: `urn:margay:problem:${code}`, title: TITLES[code] ?? 'The query failed', status: 422, detail: problem?.detail ?? '', request_id: '', ...problem, code })
}

const TITLES: Record<string, string> = { timed_out: 'The query took too long', query_too_large: 'The query needs too much memory' }

async function begin(sql: string, purpose: QueryPurpose, signal: AbortSignal, { server, pause }: Surroundings): Promise<Query> {
  for (let count = 1; ; count += 1) {
    try {
      return await server.begin(sql, purpose, signal)
    } catch (error) {
      const isTaken = error instanceof RequestError && error.problem.code === 'too_many_at_work'
      if (!isTaken || count === TRIES_MAX) throw error
      await pause(TRY_AGAIN_MS * count, signal)
    }
  }
}

async function stop(id: string, server: QueryServer): Promise<void> {
  try {
    await server.cancel(id)
  } catch {
    // It ends by itself at its time limit.
  }
}

/** The server keeps so many rows of an answer, or so many bytes. */
export type Cut = 'rows' | 'bytes'

/** Rows of a small answer. */
export interface Answer {
  columns: readonly Column[]
  rows: readonly Row[]
  /** Which of the server's limits cut the rows; undefined if they are all. */
  cutBy: Cut | undefined
  durationMs: number
}

/** Asks something small, such as the counts of bars, and waits for all of it. */
export async function ask(sql: string, urgency: Urgency, signal: AbortSignal, around: Surroundings = REAL): Promise<Answer> {
  const giveBack = await around.desk.take(urgency, signal)
  let id: string | undefined
  try {
    id = (await begin(sql, 'aid', signal, around)).id
    const rows: Row[] = []
    let cursor: string | undefined
    for (let ms = PAUSE_MS_MIN; ; ms = Math.min(PAUSE_MS_MAX, ms * 2)) {
      const page = await around.server.rows(id, cursor, ROWS_AT_ONCE, signal)
      rows.push(...(page.rows as Row[]))
      cursor = page.next ?? undefined
      if (page.next === null || page.next === undefined) return await ended(id, page.columns, rows, signal, around.server)
      if (page.state === 'running') await around.pause(ms, signal)
    }
  } catch (error) {
    if (id && signal.aborted) await stop(id, around.server)
    throw error
  } finally {
    giveBack()
  }
}

export function cutOf({ cutBy }: Query): Cut | undefined {
  return cutBy === 'rows' || cutBy === 'bytes' ? cutBy : undefined
}

/** As it is said to people. */
export function cutText(cut: Cut): string {
  return cut === 'rows' ? 'cut at 50,000 rows' : 'cut at 32 MiB'
}

async function ended(id: string, columns: readonly Column[], rows: readonly Row[], signal: AbortSignal, server: QueryServer): Promise<Answer> {
  const query = await server.look(id, signal)
  if (query.state !== 'succeeded') throw problemOf(query)
  return { columns, rows, cutBy: cutOf(query), durationMs: query.durationMs }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave)
      resolve()
    }, ms)
    const leave = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', leave, { once: true })
  })
}
