// Runs what the page asks for: anew when it changes, when it is told to, and every so often. The rows of before stay until there are others.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
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
  /** The run that first asked for these events: bars and counts stay as they are while only columns or the order change. */
  counted: number
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

/** Which events are asked for. Anything else of the URL leaves bars and counts as they are. */
function eventsKeyOf(state: SearchPageState, zone: Zone): string {
  const { mode, sql, table, query, range } = state
  // A range that is rounded to days means other instants in another zone.
  const isRounded = range.from.includes('/') || range.to.includes('/')
  const asked = mode === 'sql' ? [sql] : [table?.name, inForce(query.filters)]
  return JSON.stringify([mode, asked, range, isRounded && zone])
}

/** The columns to ask for: those that are shown, and those that were. Hiding one and moving one need no query. */
function useAskedColumns(key: string, shown: readonly string[]): readonly string[] {
  const asked = useRef({ key, columns: shown })
  const isEnough = asked.current.key === key && shown.every((name) => asked.current.columns.includes(name))
  if (!isEnough) asked.current = { key, columns: shown }
  return asked.current.columns
}

let runCount = 0

interface Question {
  state: SearchPageState
  tables: readonly SearchTable[]
  zone: Zone
  columns: readonly string[]
}

/** Asks for rows; of the same instants as before if only they are to be others. */
function ask({ state, tables, zone, columns }: Question, before: AskedRun | undefined): AskedRun | undefined {
  const span = before?.span ?? resolve(state.range, new Date(), zone)
  if (!span) return undefined
  const { mode, table, query, sorting } = state
  const number = (runCount += 1)
  const counted = before?.counted ?? number
  if (mode === 'sql') {
    if (state.sql.trim() === '') return undefined
    const sql = withLimit(writtenTimes.withRange(state.sql, span))
    return { mode, sql, span, request: undefined, number, counted, run: new Run(sql) }
  }
  // Without such a filter the rows would be others than were asked for.
  if (!table || unaskable(table, query.filters).length > 0) return undefined
  const request: Request = { table, tables, filters: query.filters, columns, sorting, span, limit: ROWS_FIRST }
  const sql = rowsSql(request)
  return { mode, sql, span, request, number, counted, run: new Run(sql) }
}

/** What was asked, with the columns that are shown now: they are what is copied, saved and exported. */
function withColumns(asked: AskedRun, columns: readonly string[]): AskedRun {
  const { request } = asked
  const isSame = request === undefined || (columns.length === request.columns.length && columns.every((name, index) => name === request.columns[index]))
  if (isSame || !columns.every((name) => request.columns.includes(name))) return asked
  const shown: Request = { ...request, columns }
  return { ...asked, request: shown, sql: rowsSql(shown) }
}

/** The same search of the same instants, with as many rows as there may be. Events may have come meanwhile: it is counted anew, so that bars and rows agree. */
function extended(asked: AskedRun): AskedRun | undefined {
  if (!asked.request || asked.request.limit >= ROWS_MAX) return undefined
  const request: Request = { ...asked.request, limit: ROWS_MAX }
  const sql = rowsSql(request)
  const number = (runCount += 1)
  return { ...asked, request, sql, number, counted: number, run: new Run(sql, undefined, 2 * ROWS_FIRST) }
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
  const events = eventsKeyOf(state, zone)
  const columns = useAskedColumns(events, state.shownColumns)
  const question: Question = { state, tables, zone, columns }
  const latest = useRef(question)
  latest.current = question
  const live = useRef<AskedRun | undefined>(undefined)
  const answered = useRef<{ events: string; again: number } | undefined>(undefined)
  const key = JSON.stringify([events, state.mode === 'filters' && [columns, state.sorting]])

  useEffect(() => {
    const isOfSameEvents = answered.current?.events === events && answered.current.again === again
    answered.current = { events, again }
    const asked = ask(latest.current, isOfSameEvents ? live.current : undefined)
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
  }, [key, events, again])

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

  const { before } = runs
  const { shownColumns } = state
  const current = useMemo(() => runs.current && withColumns(runs.current, shownColumns), [runs.current, shownColumns])
  const view = useStore(current?.run.view ?? NO_VIEW)
  const beforeView = useStore(before?.run.view ?? NO_VIEW)
  const hasOwn = view.phase !== 'running' || view.rows.length > 0
  const shown = hasOwn || !before ? current : before
  const runAgain = useCallback(() => setAgain((count) => count + 1), [])
  return { current, view, shown, shownView: hasOwn || !before ? view : beforeView, isStale: !hasOwn && before !== undefined, runAgain, hasMore: view.hasMore || (current !== undefined && isFull(current, view)), loadMore }
}
