// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest'
import { moved, rememberColumns, rememberOpen, rememberWidths, rememberedColumns, rememberedOpen, rememberedWidths, widthWithin } from './layout'

beforeEach(() => localStorage.clear())

it('moves a column, not beyond the ends', () => {
  const columns = ['a', 'b', 'c']
  expect(moved(columns, 'a', 1)).toEqual(['b', 'a', 'c'])
  expect(moved(columns, 'c', -2)).toEqual(['c', 'a', 'b'])
  expect(moved(columns, 'a', -1)).toEqual(columns)
  expect(moved(columns, 'x', 1)).toEqual(columns)
})

it('remembers for each table', () => {
  rememberColumns('asana_audit', ['gid'])
  rememberWidths('asana_audit', { gid: 200 })
  rememberOpen('bars', false)
  expect([rememberedColumns('asana_audit'), rememberedColumns('other')]).toEqual([['gid'], undefined])
  expect(rememberedWidths('asana_audit')).toEqual({ gid: 200 })
  expect(rememberedOpen('bars', true)).toBe(false)
  rememberColumns('asana_audit', undefined)
  expect(rememberedColumns('asana_audit')).toBeUndefined()
})

it('takes nothing odd from the storage', () => {
  localStorage.setItem('margay.search.columns.t', '{"a":1}')
  localStorage.setItem('margay.search.widths.t', '{"a":1,"b":99999,"c":"x","d":100}')
  localStorage.setItem('margay.search.open.bars', 'not json')
  expect(rememberedColumns('t')).toBeUndefined()
  expect(rememberedWidths('t')).toEqual({ d: 100 })
  expect(rememberedOpen('bars', true)).toBe(true)
})

it('keeps widths within bounds', () => {
  expect([widthWithin(1), widthWithin(100.4), widthWithin(1e6)]).toEqual([64, 100, 1_200])
})
