// The search as the URL has it, and the ways to change it.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useRef } from 'react'
import { defaultColumns } from '../../search/compile'
import { type Filter, type FilterQuery, withFilter } from '../../search/filter'
import { rememberColumns, rememberedColumns } from '../../search/layout'
import type { SearchParams } from '../../search/params'
import { type SearchState, readState, writeState } from '../../search/state'
import { ALL_LOGS, type SearchTable } from '../../search/table'

export interface SearchPageState extends SearchState {
  /** The log type that is searched; undefined if it is not known here, or while SQL is written. */
  table: SearchTable | undefined
  query: FilterQuery
  shownColumns: readonly string[]
}

export interface Search {
  state: SearchPageState
  tables: readonly SearchTable[]
  /** A change that Back undoes. */
  change: (part: Partial<SearchState>) => void
  /** A change that takes the place of what was. */
  replace: (part: Partial<SearchState>) => void
  addFilter: (filter: Filter) => void
  setFilters: (filters: readonly Filter[]) => void
  setColumns: (columns: readonly string[] | undefined) => void
  /** What a link to this search has behind `?`. */
  params: (part?: Partial<SearchState>) => SearchParams
}

export function useSearchPage(tables: readonly SearchTable[]): Search {
  const params = useSearch({ from: '/frame/search' })
  const navigate = useNavigate()
  const state = useMemo(() => pageState(readState(params), tables), [params, tables])
  const latest = useRef(state)
  latest.current = state

  const go = useCallback(
    (part: Partial<SearchState>, isReplacing: boolean) => {
      const next = { ...latest.current, ...part }
      latest.current = pageState(next, tables)
      void navigate({ to: '/search', search: writeState(next), replace: isReplacing })
    },
    [navigate, tables],
  )
  return useMemo(() => {
    const change = (part: Partial<SearchState>) => go(part, false)
    const setFilters = (filters: readonly Filter[]) => {
      const { query } = latest.current
      change({ mode: 'filters', query: { table: query.table, filters }, paused: [], event: undefined })
    }
    return {
      state,
      tables,
      change,
      replace: (part) => go(part, true),
      setFilters,
      addFilter: (filter) => setFilters(withFilter([...latest.current.query.filters, ...latest.current.paused], filter)),
      setColumns: (columns) => {
        rememberColumns(latest.current.query.table, columns)
        go({ columns: columns ? [...columns] : undefined }, true)
      },
      params: (part = {}) => writeState({ ...latest.current, ...part }),
    }
  }, [state, tables, go])
}

function pageState(state: SearchState, tables: readonly SearchTable[]): SearchPageState {
  const query = state.query ?? { table: usualTable(tables), filters: [] }
  const table = tables.find((one) => one.name === query.table)
  const usual = table ? (rememberedColumns(table.name) ?? defaultColumns(table)) : []
  return { ...state, query, table, shownColumns: state.columns ?? usual }
}

/** What the server writes about itself. */
const OWN_LOG_TYPES = 'Margay.'

/** With one log type from outside there is nothing to choose, and its own fields say more. */
function usualTable(tables: readonly SearchTable[]): string {
  const logTypes = tables.filter(({ logType }) => logType !== null && !logType.startsWith(OWN_LOG_TYPES))
  return (logTypes.length === 1 ? logTypes[0]?.name : undefined) ?? ALL_LOGS
}
