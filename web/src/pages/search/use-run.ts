// Runs what the page asks for: anew when it changes, when it is told to, and every so often. The rows of before stay until there are others.
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Request, rowsSql } from '../../search/compile'
import { Run, type RunView } from '../../search/run'
import { withLimit, withRange } from '../../search/statement'
import type { SearchTable } from '../../search/table'
import { type Store, store, useStore } from '../../store'
import { type Span, resolve } from '../../time/range'
import type { Zone } from '../../time/zone'
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
}

const NOTHING: RunView = { phase: 'done', columns: [], rows: [], hasMore: false, isLoadingMore: false, query: undefined, error: undefined, startedAt: 0 }
const NO_VIEW: Store<RunView> = store(NOTHING)

/** What the rows depend on; anything else of the URL changes without asking anew. */
function keyOf(state: SearchPageState, zone: Zone): string {
  const { mode, sql, table, query, shownColumns, sorting, range } = state
  // A range that is rounded to days means other instants in another zone.
  const isRounded = range.from.includes('/') || range.to.includes('/')
  const asked = mode === 'sql' ? [sql] : [table?.name, query.filters.filter((filter) => !filter.isPaused), shownColumns, sorting]
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
    const sql = withLimit(withRange(state.sql, span))
    return { mode, sql, span, request: undefined, number, run: new Run(sql) }
  }
  if (!table) return undefined
  const request: Request = { table, tables, filters: query.filters, columns: shownColumns, sorting, span }
  const sql = rowsSql(request)
  return { mode, sql, span, request, number, run: new Run(sql) }
}

export function useRun(state: SearchPageState, tables: readonly SearchTable[], zone: Zone): Running {
  const [again, setAgain] = useState(0)
  const [runs, setRuns] = useState<{ current?: AskedRun; before?: AskedRun }>({})
  const latest = useRef({ state, tables, zone })
  latest.current = { state, tables, zone }
  const key = keyOf(state, zone)

  useEffect(() => {
    const asked = ask(latest.current.state, latest.current.tables, latest.current.zone)
    if (!asked) return setRuns({})
    setRuns(({ current, before }) => {
      const hasShown = current && (current.run.view.get().phase !== 'running' || current.run.view.get().rows.length > 0)
      const kept = hasShown ? current : before
      return { current: asked, ...(kept?.mode === asked.mode && { before: kept }) }
    })
    void asked.run.start()
    return () => asked.run.leave()
  }, [key, again])

  const { current, before } = runs
  const view = useStore(current?.run.view ?? NO_VIEW)
  const beforeView = useStore(before?.run.view ?? NO_VIEW)
  const hasOwn = view.phase !== 'running' || view.rows.length > 0
  const shown = hasOwn || !before ? current : before
  const runAgain = useCallback(() => setAgain((count) => count + 1), [])
  return { current, view, shown, shownView: hasOwn || !before ? view : beforeView, isStale: !hasOwn && before !== undefined, runAgain }
}
