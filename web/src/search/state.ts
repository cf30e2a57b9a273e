// All of a search as it stands in the URL, so that a link, a reload and Back lead to the same.
import type { Sorting } from './compile'
import { type Filter, type FilterQuery, readFilters, readQuery, writeFilters, writeQuery } from './filter'
import type { SearchParams } from './params'
import { LAST_DAY, type TimeRange } from '../time/range'

export type Mode = 'filters' | 'sql'

export interface SearchState {
  mode: Mode
  /** What the filters say; undefined before a table is chosen, or while SQL is written. */
  query: FilterQuery | undefined
  /** What was written, while SQL is. */
  sql: string
  /** Filters that a statement has no place for, while SQL is written. */
  paused: readonly Filter[]
  /** The filters cannot be read: somebody changed the address. */
  isUnreadable: boolean
  range: TimeRange
  /** Undefined: those that the log type begins with. */
  columns: string[] | undefined
  /** What the bars are stacked by. */
  by: string | undefined
  sorting: Sorting
  /** The event that is open. */
  event: string | undefined
  /** The saved search that it came from. */
  saved: string | undefined
}

const TIME_FIELD = 'p_event_time'

export function readState(params: SearchParams): SearchState {
  const mode: Mode = params.mode === 'sql' ? 'sql' : 'filters'
  const written = params.q ?? ''
  const query = mode === 'filters' ? readQuery(written) : undefined
  return {
    mode,
    query,
    sql: mode === 'sql' ? written : '',
    paused: mode === 'sql' && params.paused ? (readFilters(params.paused) ?? []) : [],
    isUnreadable: mode === 'filters' && written !== '' && query === undefined,
    range: params.from && params.to ? { from: params.from, to: params.to } : LAST_DAY,
    columns: params.cols ? readNames(params.cols) : undefined,
    by: params.by,
    sorting: readSorting(params.sort),
    event: params.ev,
    saved: params.saved,
  }
}

/** What goes without saying is left out. */
export function writeState(state: SearchState): SearchParams {
  const { mode, query, sql, paused, range, columns, by, sorting, event, saved } = state
  const isLastDay = range.from === LAST_DAY.from && range.to === LAST_DAY.to
  return {
    ...(mode === 'sql' && { mode }),
    ...(mode === 'sql' ? sql !== '' && { q: sql } : query && { q: writeQuery(query) }),
    ...(mode === 'sql' && paused.length > 0 && { paused: writeFilters(paused) }),
    ...(!isLastDay && { from: range.from, to: range.to }),
    ...(columns && columns.length > 0 && { cols: writeNames(columns) }),
    ...(by && { by }),
    ...writeSorting(sorting),
    ...(event && { ev: event }),
    ...(saved && { saved }),
  }
}

/** Names are parted by commas; a comma within a name is written as `%2C`. */
function writeNames(names: readonly string[]): string {
  return names.map((name) => name.replace(/[%,]/g, encodeURIComponent)).join(',')
}

function readNames(written: string): string[] {
  return written
    .split(',')
    .map((name) => name.replace(/%(?:25|2C)/gi, decodeURIComponent))
    .filter((name, index, all) => name !== '' && all.indexOf(name) === index)
}

function readSorting(written: string | undefined): Sorting {
  if (!written) return { field: TIME_FIELD, isDescending: true }
  return written.startsWith('-') ? { field: written.slice(1), isDescending: true } : { field: written, isDescending: false }
}

function writeSorting({ field, isDescending }: Sorting): SearchParams {
  if (field === TIME_FIELD && isDescending) return {}
  return { sort: (isDescending ? '-' : '') + field }
}

/** `Custom.Acme.Login` to `custom_acme_login`, as the lake calls its table. */
export function tableOfLogType(logType: string): string {
  return logType.toLowerCase().replaceAll('.', '_')
}

export interface SearchTarget {
  /** As SQL names it: `asana_audit`; all logs unless given. */
  table?: string
  filters?: readonly Filter[]
  range?: TimeRange
  /** The event to open, by its `p_row_id`. */
  event?: string
}

/** What a link of another page needs to lead to a search: `<Link {...searchLink({ … })}>`. */
export function searchLink({ table = 'margay_views.all_logs', filters = [], range, event }: SearchTarget): { to: '/search'; search: SearchParams } {
  const search = { q: writeQuery({ table, filters }), ...(range && { from: range.from, to: range.to }), ...(event && { ev: event }) }
  return { to: '/search', search }
}
