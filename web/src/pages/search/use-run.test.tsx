// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, renderHook, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { NEWEST_FIRST, unaskable } from '../../search/compile'
import type { Filter } from '../../search/filter'
import type { RunView } from '../../search/run'
import { searchTables } from '../../search/table'
import { store } from '../../store'
import { NotAskable } from './results'
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
  isUnreadable: false,
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
