import { describe, expect, it } from 'vitest'
import { parseSearch, pick, stringifySearch } from '../search-params'
import { SEARCH_PARAMS } from './params'
import { type SearchState, readState, searchLink, tableOfLogType, writeState } from './state'

const EMPTY: SearchState = {
  mode: 'filters',
  query: undefined,
  sql: '',
  paused: [],
  isUnreadable: false,
  range: { from: 'now-24h', to: 'now' },
  columns: undefined,
  by: undefined,
  sorting: { field: 'p_event_time', isDescending: true },
  event: undefined,
  saved: undefined,
}

/** As the router does it. */
const throughUrl = (state: SearchState) => readState(pick(parseSearch(stringifySearch(writeState(state))), ...SEARCH_PARAMS))

it('says nothing where everything is as usual', () => {
  expect(readState({})).toEqual(EMPTY)
  expect(writeState(EMPTY)).toEqual({})
})

describe('comes back whole', () => {
  it.each<[string, Partial<SearchState>]>([
    ['filters', { query: { table: 'asana_audit', filters: [{ field: 'gid', operator: 'is', values: ['1210000000000005'] }] } }],
    ['SQL', { mode: 'sql', sql: "select 'a+b & c=d # %20' from asana_audit -- ü\n" }],
    ['paused filters, over SQL', { mode: 'sql', sql: 'select 1', paused: [{ field: 'a and b', operator: 'in', values: ['x', 'y'], isInverted: true, isPaused: true }] }],
    ['a relative range', { range: { from: 'now-7d/d', to: 'now' } }],
    ['an absolute range', { range: { from: '2026-11-25T00:00:00.000Z', to: '2026-11-26T00:00:00.000Z' } }],
    ['columns', { columns: ['p_event_time', 'details->"a, b"', '100%', '%2C'] }],
    ['a 16-digit event', { event: '1210000000000005' }],
    ['the rest', { by: 'event_type', sorting: { field: 'event_type', isDescending: false }, saved: '01890000-0000-7000-8000-000000000000' }],
    ['markup', { query: { table: 'asana_audit', filters: [{ field: 'resource.name', operator: 'is', values: ['<img src=x onerror=alert(1)>'] }] } }],
  ])('%s', (_, more) => {
    expect(throughUrl({ ...EMPTY, ...more })).toEqual({ ...EMPTY, ...more })
  })
})

it('notices filters that cannot be read', () => {
  expect(readState({ q: 'asana_audit: gid is' })).toMatchObject({ isUnreadable: true, query: undefined })
})

it('carries paused filters beside SQL only, and none that cannot be read', () => {
  expect(readState({ q: 'asana_audit', paused: 'off gid is "1"' }).paused).toEqual([])
  expect(readState({ mode: 'sql', q: 'select 1', paused: 'off gid is' }).paused).toEqual([])
})

it('a column comes once', () => {
  expect(readState({ cols: 'a,b,a,' }).columns).toEqual(['a', 'b'])
})

it('others link to a search', () => {
  expect(searchLink({ table: tableOfLogType('Asana.Audit'), filters: [{ field: 'p_source_id', operator: 'is', values: ['x'] }], range: { from: 'now-7d', to: 'now' } })).toEqual({
    to: '/search',
    search: { q: 'asana_audit: p_source_id is "x"', from: 'now-7d', to: 'now' },
  })
})
