import { describe, expect, it } from 'vitest'
import { pick, parseSearch, stringifySearch } from '../search-params'
import { NEWEST_FIRST } from './compile'
import type { Filter } from './filter'
import { SEARCH_PARAMS } from './params'
import { type SearchState, readState, writeState } from './state'
import { type Switching, toFilters, toSql } from './switch-mode'
import { searchTables } from './table'

const NOW = new Date('2026-11-26T13:45:30.000Z')
const TABLES = searchTables([
  {
    database: 'margay_logs',
    name: 'asana_audit',
    logType: 'Asana.Audit',
    columns: ['gid', 'event_type', 'p_row_id', 'p_log_type'].map((name) => ({ name, type: 'text' })).concat({ name: 'p_event_time', type: 'timestamp' }),
  },
])
const table = TABLES.find(({ name }) => name === 'asana_audit')
const active: Filter = { field: 'event_type', operator: 'is', values: ['user_login_failed'] }
const paused: Filter = { field: 'gid', operator: 'is', values: ['1210000000000005'], isPaused: true }
const BEGUN = readState({})
const of = (filters: Filter[], more: Partial<Switching> = {}): Switching => ({
  ...BEGUN,
  query: { table: 'asana_audit', filters },
  table,
  shownColumns: ['p_event_time', 'gid'],
  sorting: NEWEST_FIRST,
  ...more,
})
/** As the address has it when the next is made of it. */
const throughUrl = (next: Partial<SearchState>) => readState(pick(parseSearch(stringifySearch(writeState({ ...BEGUN, ...next }))), ...SEARCH_PARAMS))
const back = (state: SearchState) => toFilters(of([], { paused: state.paused }), state.sql, TABLES, NOW, 'UTC')

describe('filters that are paused', () => {
  it('are there again after SQL', () => {
    const sql = throughUrl(toSql(of([paused, active]), '', TABLES, NOW, 'UTC'))
    expect(sql.sql).not.toContain('1210000000000005')
    const next = back(sql)
    expect(next).toMatchObject({ mode: 'filters', query: { table: 'asana_audit', filters: [active, paused] } })
    expect('why' in next || throughUrl(next).query?.filters).toEqual([active, paused])
  })

  it('even if nothing is left of the statement', () => {
    const sql = throughUrl(toSql(of([paused]), '', TABLES, NOW, 'UTC'))
    expect(back({ ...sql, sql: ' ' })).toMatchObject({ query: { table: 'asana_audit', filters: [paused] } })
    expect(back({ ...sql, sql: '', paused: [] })).toMatchObject({ query: undefined })
  })

  it('and where the table is not known', () => {
    expect(toSql(of([paused], { table: undefined }), 'select 1', TABLES, NOW, 'UTC')).toMatchObject({ sql: 'select 1', paused: [paused] })
  })
})

it('the time of the statement holds if it is another', () => {
  const { sql = '' } = toSql(of([active], { range: { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T06:00:00.000Z' } }), '', TABLES, NOW, 'UTC')
  expect(toFilters(of([]), sql, TABLES, NOW, 'UTC')).toMatchObject({ range: { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T06:00:00.000Z' } })
  const { sql: near = '' } = toSql(of([active]), '', TABLES, NOW, 'UTC')
  expect(toFilters(of([]), near, TABLES, NOW, 'UTC')).not.toHaveProperty('range')
})

it('what is no filter says why', () => {
  expect(toFilters(of([]), 'select 1', TABLES, NOW, 'UTC')).toHaveProperty('why')
})
