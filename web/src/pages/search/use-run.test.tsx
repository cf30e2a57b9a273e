// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, renderHook, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { NEWEST_FIRST, unaskable } from '../../search/compile'
import type { Filter } from '../../search/filter'
import type { RunView } from '../../search/run'
import { searchTables } from '../../search/table'
import { store } from '../../store'
import { NotAskable, newestQuery } from './results'
import { useRun } from './use-run'
import type { Search, SearchPageState } from './use-search'

/** What was run, and so many rows as each run finds. */
const server = vi.hoisted(() => ({ statements: [] as string[], found: 2 }))
vi.mock('../../search/run', async (original) => {
  class InstantRun {
    readonly view = store<RunView>({ phase: 'done', columns: [], rows: Array.from({ length: server.found }, () => []), hasMore: false, isLoadingMore: false, query: undefined, error: undefined, startedAt: 1 })
    constructor(readonly sql: string) {}
    async start() {
      server.statements.push(this.sql)
    }
    leave() {}
    async loadMore() {}
  }
  return { ...(await original<object>()), Run: InstantRun }
})

const TABLES = searchTables([
  {
    database: 'margay_logs',
    name: 'asana_audit',
    logType: 'Asana.Audit',
    columns: ['gid', 'event_type', 'ip', 'p_row_id', 'p_log_type'].map((name) => ({ name, type: 'text' })).concat({ name: 'p_event_time', type: 'timestamp' }),
  },
])
const [asana] = TABLES as [(typeof TABLES)[number]]

const stateOf = (part: Partial<SearchPageState> = {}, filters: Filter[] = []): SearchPageState => ({
  mode: 'filters',
  query: { table: 'asana_audit', filters },
  table: asana,
  shownColumns: ['p_event_time', 'gid'],
  sql: '',
  isUnreadable: false, paused: [],
  range: { from: 'now-24h', to: 'now' },
  columns: undefined,
  by: undefined,
  sorting: NEWEST_FIRST,
  event: undefined,
  saved: undefined,
  ...part,
})

const open = (state: SearchPageState) => renderHook((one: SearchPageState) => useRun(one, TABLES, 'UTC'), { initialProps: state })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-26T12:00:00Z') })
  server.statements.length = 0
  server.found = 2
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

it.each<[string, Filter]>([
  ['a field that is not there', { field: 'nothing', operator: 'is', values: ['a'] }],
  ['a network that is none', { field: 'ip', operator: 'cidr', values: ['bad'] }],
])('does not run with %s, and runs when it is paused', async (_, filter) => {
  const { result, rerender } = open(stateOf())
  expect(result.current.shownView.rows).toHaveLength(2)
  rerender(stateOf({}, [filter]))
  expect([result.current.current, result.current.shownView.rows.length, server.statements.length]).toEqual([undefined, 0, 1])
  await act(() => result.current.loadMore('all'))
  expect(server.statements).toHaveLength(1)
  rerender(stateOf({}, [{ ...filter, isPaused: true }]))
  expect(server.statements).toHaveLength(2)
})

it('says which filter cannot be asked, and what to do', () => {
  const fine: Filter = { field: 'gid', operator: 'exists', values: [] }
  const wrong: Filter = { field: 'ip', operator: 'cidr', values: ['bad'] }
  const setFilters = vi.fn()
  const search = { state: stateOf({}, [fine, wrong]), setFilters } as unknown as Search
  render(<NotAskable search={search} table={asana} wrong={unaskable(asana, [fine, wrong])} />)
  screen.getByText('A filter cannot be asked of Asana.Audit')
  screen.getByText('ip is in CIDR bad')
  fireEvent.click(screen.getByRole('button', { name: 'Pause it' }))
  fireEvent.click(screen.getByRole('button', { name: 'Remove it' }))
  expect(setFilters.mock.calls).toEqual([[[fine, { ...wrong, isPaused: true }]], [[fine]]])
})

/** Some seconds later; `now` is another instant then. */
const wait = () => vi.setSystemTime(Date.now() + 5_000)

it('asks nothing when a column is hidden or moved, and takes what is shown along', () => {
  const { result, rerender } = open(stateOf({ shownColumns: ['p_event_time', 'gid', 'event_type'] }))
  const first = result.current.current
  for (const shownColumns of [['p_event_time', 'event_type'], ['event_type', 'p_event_time'], ['p_event_time', 'gid', 'event_type']]) {
    wait()
    rerender(stateOf({ shownColumns }))
    const { current } = result.current
    expect([current?.request?.columns, current?.run, current?.counted, current?.span]).toEqual([shownColumns, first?.run, first?.counted, first?.span])
    expect(current?.sql).toMatch(new RegExp(`^select ${shownColumns.join(', ')}`))
  }
  expect(server.statements).toHaveLength(1)
})

it('asks for rows of the same instants when a column is added or the order is another: bars and counts stay', () => {
  const { result, rerender } = open(stateOf())
  const first = result.current.current
  const states = [stateOf({ shownColumns: ['p_event_time', 'ip'] }), stateOf({ shownColumns: ['p_event_time', 'ip'], sorting: { field: 'gid', isDescending: false } })]
  for (const [index, state] of states.entries()) {
    wait()
    rerender(state)
    const { current } = result.current
    expect([current?.counted, current?.span, server.statements.length]).toEqual([first?.counted, first?.span, index + 2])
    expect(server.statements.at(-1)).toMatch(/^select p_event_time, ip/)
  }
})

it.each<[string, (again: () => void, rerender: (state: SearchPageState) => void) => void]>([
  ['it is run again', (again) => again()],
  ['the filters are others', (_, rerender) => rerender(stateOf({}, [{ field: 'gid', operator: 'exists', values: [] }]))],
  ['the time is another', (_, rerender) => rerender(stateOf({ range: { from: 'now-7d', to: 'now' } }))],
])('asks for everything when %s', (_, change) => {
  const { result, rerender } = open(stateOf())
  const first = result.current.current
  wait()
  act(() => change(result.current.runAgain, rerender))
  const { current } = result.current
  expect(server.statements).toHaveLength(2)
  expect(current?.counted).not.toBe(first?.counted)
  expect(current?.span.to).not.toEqual(first?.span.to)
})

it('the newest event is looked for once for each table and its filters, however often the search runs', () => {
  const { result } = open(stateOf())
  const keyNow = () => newestQuery(result.current.current?.request).queryKey
  const first = keyNow()
  wait()
  act(() => result.current.runAgain())
  expect(server.statements).toHaveLength(2)
  expect(keyNow()).toEqual(first)
  const { result: other } = open(stateOf({}, [{ field: 'gid', operator: 'exists', values: [] }]))
  expect(newestQuery(other.current.current?.request).queryKey).not.toEqual(first)
})

it('counts anew when all rows are loaded, of the same instants: events may have come meanwhile', async () => {
  server.found = 1_000
  const { result, rerender } = open(stateOf())
  const first = result.current.current
  wait()
  await act(() => result.current.loadMore('all'))
  const { current } = result.current
  expect(server.statements.at(-1)).toMatch(/limit 50000$/)
  expect(current?.span).toEqual(first?.span)
  expect([current?.number, current?.counted]).not.toContain(first?.number)
  expect(current?.counted).toBe(current?.number)
  rerender(stateOf({ shownColumns: ['p_event_time'] }))
  expect([result.current.current?.counted, server.statements.length]).toEqual([current?.counted, 2])
})
