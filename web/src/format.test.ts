import { expect, it } from 'vitest'
import { formatBytes, formatChange, formatCounted } from './format'
import { formatDuration, formatMinutes, formatRelative, splitMinutes } from './time/relative'

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [10995835, '11.0 MB'],
  [212_000_000, '212 MB'],
  [999_600, '1.00 MB'],
])('%d bytes', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected)
})

it('compares', () => {
  expect(formatChange(112, 100)).toBe('+12 %')
  expect(formatChange(50, 100)).toBe('−50 %')
  expect(formatChange(100, 100)).toBe('±0 %')
  expect(formatChange(100, 0)).toBeUndefined()
})

it('counts', () => {
  expect(formatCounted(1, 'source')).toBe('1 source')
  expect(formatCounted(1284, 'event')).toBe('1,284 events')
})

it.each([
  [250, '250 ms'],
  [1500, '1.5 s'],
  [74_000, '74 s'],
  [11_520_000, '3 h 12 min'],
  [3 * 86_400_000, '3 days'],
])('%d ms', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected)
})

it('says how long ago', () => {
  const now = new Date('2026-11-26T12:00:00Z')
  expect(formatRelative(new Date('2026-11-26T11:58:00Z'), now)).toBe('2 min ago')
  expect(formatRelative(new Date('2026-11-26T12:00:18Z'), now)).toBe('in 18 s')
  expect(formatRelative(now, now)).toBe('just now')
  expect(formatRelative(new Date('2026-11-26T12:00:02Z'), now)).toBe('just now')
})

it('splits minutes into their largest whole unit', () => {
  expect(splitMinutes(360)).toEqual({ amount: 6, unit: 'hours' })
  expect(splitMinutes(90)).toEqual({ amount: 90, unit: 'minutes' })
  expect(formatMinutes(1440)).toBe('1 day')
  expect(formatMinutes(43200)).toBe('30 days')
})
