import { expect, it } from 'vitest'
import { intervalProblem, intervalText, readInterval, writeInterval } from './poll-interval'

it.each([
  ['', null],
  ['  ', null],
  ['1', 1],
  [' 30 ', 30],
  ['86400', 86_400],
])('takes %j', (text, seconds) => {
  expect(readInterval(text)).toEqual({ seconds })
  expect(intervalProblem(text)).toBeUndefined()
})

it.each(['0', '86401', '-1', '1.5', '30s', '1e3', '9'.repeat(30), 'often'])('refuses %j', (text) => {
  expect(readInterval(text)).toBeUndefined()
  expect(intervalProblem(text)).toContain('1 to 86,400')
})

it('writes what it reads', () => {
  for (const seconds of [null, 1, 86_400]) expect(readInterval(writeInterval(seconds))).toEqual({ seconds })
  expect(writeInterval(undefined)).toBe('')
})

it.each([
  [2, '2 s'],
  [60, '60 s'],
  [300, '5 min'],
  [5_400, '1 h 30 min'],
  [86_400, '24 h'],
])('%i seconds are %s', (seconds, text) => {
  expect(intervalText(seconds)).toBe(text)
})
