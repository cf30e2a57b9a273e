import { describe, expect, it } from 'vitest'
import type { Alarm } from '../../api/alarm'
import { type Calendar, calendarOf, hoursProblem, usualHours, workingHours } from './calendar'
import { alarmErrors, draftOf, settingsOf } from './settings'

const ALARM: Alarm = {
  sourceId: '1',
  type: 'SOURCE_NO_DATA',
  title: 'No events',
  summary: '',
  enabled: true,
  isSet: true,
  state: 'OK',
  minutesThreshold: 360,
  minutesThresholdMin: 15,
  minutesThresholdMax: 43200,
}

const RICH: Calendar = { timeZone: 'UTC', hours: { monday: ['08:00-12:00', '13:00-17:00'] }, holidays: ['2026-12-25'] }

describe('settings', () => {
  it('are what they were, if nothing is changed', () => {
    expect(settingsOf(draftOf(ALARM), ALARM)).toEqual({ enabled: true, minutesThreshold: 360 })
  })

  it('keep a calendar that the form cannot show', () => {
    const alarm = { ...ALARM, calendar: RICH }
    expect(settingsOf(draftOf(alarm), alarm).calendar).toEqual(RICH)
  })

  it.each([14, 43201, Number.NaN, 15.5])('%d minutes are refused', (minutes) => {
    expect(alarmErrors({ ...draftOf(ALARM), minutes }, ALARM).minutes).toBe('Choose from 15 minutes to 30 days.')
  })
})

describe('working hours', () => {
  it('go there and back', () => {
    const hours = usualHours('Europe/Berlin')
    expect(workingHours(calendarOf(hours))).toEqual(hours)
  })

  it('are not all that a calendar can say', () => {
    expect(workingHours(RICH)).toBeUndefined()
  })

  it.each([
    ['8:00', '18:00', 'Write times as 08:00.'],
    ['18:00', '08:00', 'The end has to be after the beginning.'],
    ['00:00', '24:00', undefined],
  ])('from %s to %s', (from, to, expected) => {
    expect(hoursProblem({ ...usualHours('UTC'), from, to })).toBe(expected)
  })
})
