// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import type { Column } from '../../search/cell'
import { planOf } from './use-bars'

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
