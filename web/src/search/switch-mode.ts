// From filters to SQL and back. What is paused has no place in a statement: the address carries it.
import { ROWS_FIRST, rowsSql } from './compile'
import { decompile } from './decompile'
import type { FilterQuery } from './filter'
import type { SearchState } from './state'
import type { SearchTable } from './table'
import { absolute, resolve } from '../time/range'
import type { Zone } from '../time/zone'

export interface Switching extends Pick<SearchState, 'range' | 'sorting' | 'paused'> {
  query: FilterQuery
  table: SearchTable | undefined
  shownColumns: readonly string[]
}

/** `sql` is what ran last, for where the filters cannot be compiled. */
export function toSql(state: Switching, sql: string, tables: readonly SearchTable[], now: Date, zone: Zone): Partial<SearchState> {
  const { table, query, shownColumns, sorting } = state
  const span = resolve(state.range, now, zone)
  const paused = query.filters.filter(({ isPaused }) => isPaused)
  if (!table || !span) return { mode: 'sql', sql, paused, event: undefined }
  return { mode: 'sql', sql: rowsSql({ table, tables, filters: query.filters, columns: shownColumns, sorting, span, limit: ROWS_FIRST }), paused }
}

/** The filters of a statement, or why it cannot be shown as such. */
export function toFilters(
  state: Switching,
  draft: string,
  tables: readonly SearchTable[],
  now: Date,
  zone: Zone,
): Partial<SearchState> | { why: string } {
  const { paused } = state
  if (draft.trim() === '') return { mode: 'filters', query: paused.length > 0 ? { table: state.query.table, filters: paused } : undefined, sql: '' }
  const found = decompile(draft, tables)
  if ('why' in found) return found
  const { table, filters, columns, sorting, span } = found
  // The statement may have another time than the page; then the time of the statement is what is meant.
  const chosen = resolve(state.range, now, zone)
  const isNear = chosen !== undefined && chosen.to.getTime() - chosen.from.getTime() === span.to.getTime() - span.from.getTime()
  const query = { table: table.name, filters: [...filters, ...paused] }
  return { mode: 'filters', query, columns, sorting, sql: '', ...(!isNear && { range: absolute(span) }) }
}
