import { expect, it } from 'vitest'
import { UTC } from '../../../time/zone'
import { spanErrors } from './span-errors'

const NOW = new Date('2026-11-26T12:00:00Z')
const wrong = (from: string, to: string, keptDays: number | undefined = 90) => Object.keys(spanErrors({ from, to }, NOW, UTC, keptDays))

it('takes what the vendor has', () => {
  expect(wrong('now-24h', 'now')).toEqual([])
  expect(wrong('2026-11-01', '2026-11-02')).toEqual([])
  expect(wrong('now-100d', 'now-80d')).toEqual([])
})

it('refuses what cannot be understood, both at once', () => {
  expect(wrong('soon', 'later')).toEqual(['from', 'to'])
})

it('refuses the future, what is long gone, and an end before the beginning', () => {
  expect(wrong('now-1h', 'now+1h')).toEqual(['to'])
  expect(wrong('now-100d', 'now-91d')).toEqual(['to'])
  expect(wrong('now-1h', 'now-2h')).toEqual(['to'])
})

it('what is long gone depends on the vendor', () => {
  expect(wrong('now-40d', 'now-31d', 30)).toEqual(['to'])
  expect(spanErrors({ from: 'now-40d', to: 'now-31d' }, NOW, UTC, 30).to).toContain('more than 30 days ago')
  expect(Object.keys(spanErrors({ from: 'now-400d', to: 'now-365d' }, NOW, UTC, undefined))).toEqual([])
})
