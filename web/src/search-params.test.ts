// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { parseSearch, pick, safeNext, stringifySearch } from './search-params'

it('keeps 16-digit ids as they are', () => {
  expect(parseSearch('?ev=1210000000000005')).toEqual({ ev: '1210000000000005' })
  expect(stringifySearch({ ev: '1210000000000005' })).toBe('?ev=1210000000000005')
})

it('leaves out what is empty', () => {
  expect(stringifySearch({ q: '', status: undefined, type: 'asana' })).toBe('?type=asana')
  expect(stringifySearch({})).toBe('')
})

it('picks what a page knows', () => {
  expect(pick({ q: 'a', x: 'b', sort: '' }, 'q', 'sort')).toEqual({ q: 'a' })
})

describe('safeNext', () => {
  it.each([
    ['/alerts?status=OPEN#x', '/alerts?status=OPEN#x'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/a/..//evil.example', '/'],
    ['https://evil.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['/login', '/'],
    [undefined, '/'],
  ])('%s', (next, expected) => {
    expect(safeNext(next)).toBe(expected)
  })
})
