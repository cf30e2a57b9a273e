// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import type { Column } from '../../search/cell'
import type { Answer } from '../../search/run'
import { planOf, useBars } from './use-bars'
import type { Running } from './use-run'

const server = vi.hoisted(() => ({ ask: vi.fn<() => Promise<Answer>>() }))
vi.mock('../../search/run', async (original) => ({ ...(await original<object>()), ask: server.ask }))

afterEach(cleanup)

const SPAN = { from: new Date('2026-11-25T00:00:00Z'), to: new Date('2026-11-26T00:00:00Z') }
const asked = (sql: string) => ({ mode: 'sql' as const, sql, span: SPAN, request: undefined, number: 1, counted: 1 })
const COLUMNS: Column[] = [
  { name: 'p_event_time', type: 'timestamp' },
  { name: 'gid', type: 'text' },
]

it('bars of a statement are of the rows that it gives: its limit stays', () => {
  const plan = planOf(asked('select * from a limit 20 ;'), undefined, COLUMNS, 'UTC')
  expect(plan && 'sql' in plan && plan.sql).toContain('from (\nselect * from a limit 20\n) as found')
})

it.each<[string, Column[], RegExp]>([
  ['explain select 1', COLUMNS, /give rows/],
  ['select gid from a', COLUMNS.slice(1), /no column with a time/],
  ['select *, gid from a', [...COLUMNS, ...COLUMNS.slice(1)], /same name/],
])('says why there are none: %s', (sql, columns, why) => {
  const plan = planOf(asked(sql), undefined, columns, 'UTC')
  expect(plan && 'why' in plan && plan.why).toMatch(why)
})

const bars = (rows: Answer['rows'], cutBy: Answer['cutBy']) => {
  server.ask.mockResolvedValue({ columns: [], rows, cutBy, durationMs: 1 })
  const current = asked('select * from a limit 20')
  const client = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
  return renderHook(() => useBars({ current, view: { phase: 'done', columns: COLUMNS } } as unknown as Running, 'gid', 'UTC'), { wrapper }).result
}

it('the total is of all parts, with those that have no bars of their own', async () => {
  const bar = '2026-11-25T10:00:00Z'
  const result = bars([[bar, 'a', false, '2'], [bar, null, false, '3'], [bar, null, true, '60121']], undefined)
  await waitFor(() => expect(result.current.total).toBe(60_126))
  expect(result.current.counts).toEqual([
    { bar, part: 'a', isRest: false, count: 2 },
    { bar, part: null, isRest: false, count: 3 },
    { bar, part: null, isRest: true, count: 60_121 },
  ])
})

it('there is no total of counts that were cut', async () => {
  const result = bars([['2026-11-25T10:00:00Z', 'a', false, '50000']], 'rows')
  await waitFor(() => expect(result.current.cutBy).toBe('rows'))
  expect([result.current.total, result.current.counts.length]).toEqual([undefined, 1])
})
