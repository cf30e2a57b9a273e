import { expect, it } from 'vitest'
import type { Rehearsal } from '../../api/rehearsal'
import { rehearsalText, suggestion } from './rehearsal'

const TWO_WEEKS: Rehearsal = {
  from: '2026-11-12T12:00:00Z',
  to: '2026-11-26T11:59:30Z',
  minutesThreshold: 360,
  alarms: 0,
  longestSilenceMinutes: 192,
  minutesThresholdSuggested: 300,
  isComplete: true,
}

it('says the longest gap and how often it would have sounded', () => {
  expect(rehearsalText(TWO_WEEKS)).toBe('Longest quiet gap in the last 14 days: 3 h 12 min. At 6 hours this alarm would have sounded 0 times.')
  expect(rehearsalText({ ...TWO_WEEKS, minutesThreshold: 90, alarms: 1 })).toMatch(/At 90 minutes this alarm would have sounded 1 time\.$/)
})

it('says how much was looked at, if that is less', () => {
  expect(rehearsalText({ ...TWO_WEEKS, from: '2026-11-26T09:00:00Z', to: '2026-11-26T12:00:00Z', longestSilenceMinutes: 0 })).toMatch(
    /^Longest quiet gap in the last 3 h: less than a minute\./,
  )
})

it('suggests another threshold, if there is history enough', () => {
  expect(suggestion(TWO_WEEKS)).toBe(300)
  expect(suggestion({ ...TWO_WEEKS, minutesThreshold: 300 })).toBeUndefined()
  expect(suggestion({ ...TWO_WEEKS, from: '2026-11-22T12:00:00Z' })).toBeUndefined()
})

it('suggests nothing while part of the past is still being read', () => {
  const unread = { ...TWO_WEEKS, isComplete: false }
  expect(suggestion(unread)).toBeUndefined()
  expect(rehearsalText(unread)).toBe('Part of the last 14 days is still being read. What this alarm would have done then is said when that is done.')
})
