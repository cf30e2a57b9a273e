// The hours that count as silence, as far as the form shows them: the same hours on some weekdays.
import type { Schemas } from '../../api/types.gen'

export type Calendar = Schemas['Calendar']
export type Weekday = keyof Schemas['Hours']

export const WEEKDAYS: ReadonlyArray<{ value: Weekday; label: string }> = [
  { value: 'monday', label: 'Mon' },
  { value: 'tuesday', label: 'Tue' },
  { value: 'wednesday', label: 'Wed' },
  { value: 'thursday', label: 'Thu' },
  { value: 'friday', label: 'Fri' },
  { value: 'saturday', label: 'Sat' },
  { value: 'sunday', label: 'Sun' },
]

export interface WorkingHours {
  days: Weekday[]
  from: string
  to: string
  timeZone: string
}

const HOURS = /^(\d{2}:\d{2})-(\d{2}:\d{2})$/
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/
/** The end of the day, which no clock shows. */
const MIDNIGHT_AFTER = '24:00'

export function usualHours(timeZone: string): WorkingHours {
  return { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '08:00', to: '18:00', timeZone }
}

/** Returns what the form can show of a calendar, or undefined if it says more than that. */
export function workingHours(calendar: Calendar): WorkingHours | undefined {
  if (calendar.holidays?.length) return undefined
  const days = WEEKDAYS.map(({ value }) => value).filter((day) => calendar.hours[day]?.length)
  const texts = new Set(days.flatMap((day) => calendar.hours[day] ?? []))
  const [only] = texts
  const isUniform = texts.size === 1 && days.every((day) => calendar.hours[day]?.length === 1)
  const match = only === undefined ? null : HOURS.exec(only)
  const [, from, to] = match ?? []
  return isUniform && from && to ? { days, from, to, timeZone: calendar.timeZone } : undefined
}

export function calendarOf({ days, from, to, timeZone }: WorkingHours): Calendar {
  const hours = Object.fromEntries(days.map((day) => [day, [`${from}-${to}`]]))
  return { timeZone, hours }
}

/** Returns what is wrong with the hours, or undefined. */
export function hoursProblem({ days, from, to }: WorkingHours): string | undefined {
  if (days.length === 0) return 'Choose at least one day.'
  if (!CLOCK.test(from) || !(CLOCK.test(to) || to === MIDNIGHT_AFTER)) return 'Write times as 08:00.'
  return from < to ? undefined : 'The end has to be after the beginning.'
}
