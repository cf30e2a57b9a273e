// Runs what the page asks for: anew when it changes, when it is told to, and every so often. The rows of before stay until there are others.
import { useCallback, useEffect, useRef, useState } from 'react'
import { RequestError } from '../../api/problem'
import { ROWS_FIRST, ROWS_MAX, type Request, inForce, rowsSql, unaskable } from '../../search/compile'
import { Run, type RunView } from '../../search/run'
import { withLimit, writtenTimes } from '../../search/statement'
import type { SearchTable } from '../../search/table'
import { type Store, store, useStore } from '../../store'
import { type Span, resolve } from '../../time/range'
import type { Zone } from '../../time/zone'
import { toast } from '../../ui/toast'
import type { SearchPageState } from './use-search'

/** What was asked, for all that shows its answer. */
export interface Asked {
  mode: 'filters' | 'sql'
  sql: string
  span: Span
  /** Undefined where SQL was written. */
  request: Request | undefined
  /** Counts runs, so that those of the same statement differ. */
  number: number
}

export interface AskedRun extends Asked {
  run: Run
}

export interface Running {
  /** The last that was asked; undefined before the first. */
  current: AskedRun | undefined
  view: RunView
  /** What is to be seen meanwhile: the current one as soon as it has something to show. */
  shown: AskedRun | undefined
  shownView: RunView
  isStale: boolean
  runAgain: () => void
  /** Whether there are more rows than are loaded, as far as the server gives them. */
  hasMore: boolean
  /** Loads the next rows, or all of them. */
  loadMore: (howMany: 'next' | 'all') => Promise<void>
}

const NOTHING: RunView = { phase: 'done', columns: [], rows: [], hasMore: false, isLoadingMore: false, query: undefined, error: undefined, startedAt: 0 }
const NO_VIEW: Store<RunView> = store(NOTHING)

/** What the rows depend on; anything else of the URL changes without asking anew. */
function keyOf(state: SearchPageState, zone: Zone): string {
  const { mode, sql, table, query, shownColumns, sorting, range } = state
  // A range that is rounded to days means other instants in another zone.
  const isRounded = range.from.includes('/') || range.to.includes('/')
  const asked = mode === 'sql' ? [sql] : [table?.name, inForce(query.filters), shownColumns, sorting]
  return JSON.stringify([mode, asked, range, isRounded && zone])
}

let runCount = 0

function ask(state: SearchPageState, tables: readonly SearchTable[], zone: Zone): AskedRun | undefined {
  const span = resolve(state.range, new Date(), zone)
  if (!span) return undefined
  const { mode, table, query, shownColumns, sorting } = state
  const number = (runCount += 1)
  if (mode === 'sql') {
    if (state.sql.trim() === '') return undefined
    const sql = withLimit(writtenTimes.withRange(state.sql, span))
    return { mode, sql, span, request: undefined, number, run: new Run(sql) }
  }
  // Without such a filter the rows would be others than were asked for.
  if (!table || unaskable(table, query.filters).length > 0) return undefined
  const request: Request = { table, tables, filters: query.filters, columns: shownColumns, sorting, span, limit: ROWS_FIRST }
  const sql = rowsSql(request)
  return { mode, sql, span, request, number, run: new Run(sql) }
}

/** The same search of the same instants, with as many rows as there may be. */
function extended(asked: AskedRun): AskedRun | undefined {
  if (!asked.request || asked.request.limit >= ROWS_MAX) return undefined
  const request: Request = { ...asked.request, limit: ROWS_MAX }
  const sql = rowsSql(request)
  return { ...asked, request, sql, run: new Run(sql, undefined, 2 * ROWS_FIRST) }
}

function isForgotten(error: unknown): boolean {
  return error instanceof RequestError && error.problem.code === 'results_forgotten'
}

/** As many as were asked for came: there may be more. */
function isFull({ request }: AskedRun, { rows }: RunView): boolean {
  return request !== undefined && request.limit < ROWS_MAX && rows.length >= request.limit
}

export function useRun(state: SearchPageState, tables: readonly SearchTable[], zone: Zone): Running {
  const [again, setAgain] = useState(0)
  const [runs, setRuns] = useState<{ current?: AskedRun; before?: AskedRun }>({})
  const latest = useRef({ state, tables, zone })
  latest.current = { state, tables, zone }
  const live = useRef<AskedRun | undefined>(undefined)
  const key = keyOf(state, zone)

  useEffect(() => {
    const asked = ask(latest.current.state, latest.current.tables, latest.current.zone)
    if (!asked) {
      live.current = undefined
      return setRuns({})
    }
    setRuns(({ current, before }) => {
      const hasShown = current && (current.run.view.get().phase !== 'running' || current.run.view.get().rows.length > 0)
      const kept = hasShown ? current : before
      return { current: asked, ...(kept?.mode === asked.mode && { before: kept }) }
    })
    live.current = asked
    void asked.run.start()
    return () => live.current?.run.leave()
  }, [key, again])

  const loadMore = useCallback(async (howMany: 'next' | 'all') => {
    const asked = live.current
    if (!asked) return
    const further = isFull(asked, asked.run.view.get()) ? extended(asked) : undefined
    if (further) {
      live.current = further
      setRuns({ current: further, before: asked })
      await further.run.start()
    } else await asked.run.loadMore()
    const { run } = further ?? asked
    if (isForgotten(run.view.get().error)) {
      toast('The server had forgotten these rows after ten minutes. The search ran again')
      return setAgain((count) => count + 1)
    }
    while (howMany === 'all' && run.view.get().hasMore && !run.view.get().error && live.current?.run === run) await run.loadMore()
  }, [])

  const { current, before } = runs
  const view = useStore(current?.run.view ?? NO_VIEW)
  const beforeView = useStore(before?.run.view ?? NO_VIEW)
  const hasOwn = view.phase !== 'running' || view.rows.length > 0
  const shown = hasOwn || !before ? current : before
  const runAgain = useCallback(() => setAgain((count) => count + 1), [])
  return { current, view, shown, shownView: hasOwn || !before ? view : beforeView, isStale: !hasOwn && before !== undefined, runAgain, hasMore: view.hasMore || (current !== undefined && isFull(current, view)), loadMore }
}
