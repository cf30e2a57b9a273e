import { expect, it } from 'vitest'
import { gridTarget } from './grid-keys'

const SIZE = { rows: 50_000, columns: 4, page: 20 }
const at = (row: number, column = 1) => ({ row, column })

it.each([
  ['j', at(5), at(6)],
  ['k', at(5), at(4)],
  ['ArrowDown', at(49_999), at(49_999)],
  ['ArrowUp', at(0), at(0)],
  ['ArrowRight', at(3, 3), at(3, 3)],
  ['ArrowLeft', at(3, 2), at(3, 1)],
  ['PageDown', at(5), at(24)],
  ['PageUp', at(5), at(0)],
  ['Home', at(5), at(0)],
  ['End', at(5), at(49_999)],
])('%s', (key, from, expected) => {
  expect(gridTarget(key, from, SIZE)).toEqual(expected)
})

it('letters rest when they are switched off', () => {
  expect(gridTarget('j', at(5), SIZE, false)).toBeUndefined()
  expect(gridTarget('ArrowDown', at(5), SIZE, false)).toEqual(at(6))
})

it('nothing moves where nothing is', () => {
  expect(gridTarget('j', at(0), { ...SIZE, rows: 0 })).toBeUndefined()
  expect(gridTarget('x', at(0), SIZE)).toBeUndefined()
  expect(gridTarget('constructor', at(0), SIZE)).toBeUndefined()
})
