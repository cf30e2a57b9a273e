import { describe, expect, it } from 'vitest'
import { eventIdOf, rowIds } from './row-ids'

/** Rows whose second column is their id. */
const of = (...ids: Array<string | null>) => rowIds(ids.map((id) => ['x', id]), 1)
const all = (ids: ReturnType<typeof of>, count: number) => Array.from({ length: count }, (_, index) => ids.idOf(index))

it('an event is known by its id, wherever its row is', () => {
  expect(all(of('a', 'b'), 2)).toEqual(['a', 'b'])
  expect(of('new', 'a', 'b').indexOf('b')).toBe(2)
  expect(of('a').indexOf('b')).toBe(-1)
})

it('rows of the same event are told apart by their place', () => {
  const ids = of('a', 'b', 'a', 'a')
  expect(all(ids, 4)).toEqual(['a#1', 'b', 'a#3', 'a#4'])
  expect(all(ids, 4).map(ids.indexOf)).toEqual([0, 1, 2, 3])
})

it('an event that was opened before its rows were many, or few, is found', () => {
  expect(of('b', 'a', 'a').indexOf('a')).toBe(1)
  expect(of('b', 'a').indexOf('a#1')).toBe(1)
  expect(of('b').indexOf('a#1')).toBe(-1)
})

it('rows without an id have their place', () => {
  const ids = of(null, 'a', '')
  expect(all(ids, 3)).toEqual(['#1', 'a', '#3'])
  expect(['#1', '#3', '#4', '#0'].map(ids.indexOf)).toEqual([0, 2, -1, -1])
  expect(rowIds([['a'], ['a']], -1).idOf(1)).toBe('#2')
})

it('no id can be made to look like that of another row', () => {
  const ids = of('a', 'a', 'a#1', '#2')
  const known = all(ids, 4)
  expect(new Set(known).size).toBe(4)
  expect(known.map(ids.indexOf)).toEqual([0, 1, 2, 3])
})

describe('the event of an opened row', () => {
  it.each([
    ['a', 'a'],
    ['a#3', 'a'],
    ['#3', undefined],
    [undefined, undefined],
  ])('%s', (id, expected) => {
    expect(eventIdOf(id)).toBe(expected)
  })
})
