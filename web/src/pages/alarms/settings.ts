// What is set of an alarm, while it is being edited.
import type { Alarm, AlarmSettings } from '../../api/alarm'
import { formatMinutes } from '../../time/relative'
import { type WorkingHours, calendarOf, hoursProblem, workingHours } from './calendar'

export interface AlarmDraft {
  isEnabled: boolean
  /** Undefined for an alarm that has no threshold. */
  minutes: number | undefined
  /** Undefined if nobody is reminded. */
  remindMinutes: number | undefined
  /** Undefined if all silence counts, or if the calendar says more than the form can show. */
  hours: WorkingHours | undefined
}

const REMIND_MINUTES_MIN = 15
const REMIND_MINUTES_MAX = 525_600
export const REMIND_MINUTES_USUAL = 720

export function draftOf(alarm: Alarm): AlarmDraft {
  return {
    isEnabled: alarm.enabled,
    minutes: alarm.minutesThreshold ?? undefined,
    remindMinutes: alarm.remindMinutes ?? undefined,
    hours: alarm.calendar ? workingHours(alarm.calendar) : undefined,
  }
}

/** Whether the alarm has a calendar that the form cannot show; it stays as it is. */
export function hasForeignCalendar(alarm: Alarm): boolean {
  return Boolean(alarm.calendar && !workingHours(alarm.calendar))
}

export function settingsOf(draft: AlarmDraft, alarm: Alarm): AlarmSettings {
  const calendar = hasForeignCalendar(alarm) ? alarm.calendar : draft.hours && calendarOf(draft.hours)
  return {
    enabled: draft.isEnabled,
    ...(draft.minutes !== undefined && { minutesThreshold: draft.minutes }),
    ...(draft.remindMinutes !== undefined && { remindMinutes: draft.remindMinutes }),
    ...(calendar && { calendar }),
  }
}

export interface AlarmErrors {
  minutes?: string
  remindMinutes?: string
  hours?: string
}

export function alarmErrors(draft: AlarmDraft, alarm: Alarm): AlarmErrors {
  const least = alarm.minutesThresholdMin ?? 1
  const most = alarm.minutesThresholdMax ?? Number.MAX_SAFE_INTEGER
  const hours = draft.hours && hoursProblem(draft.hours)
  return {
    ...(draft.minutes !== undefined && !isWithin(draft.minutes, least, most) && { minutes: within(least, most) }),
    ...(draft.remindMinutes !== undefined &&
      !isWithin(draft.remindMinutes, REMIND_MINUTES_MIN, REMIND_MINUTES_MAX) && { remindMinutes: within(REMIND_MINUTES_MIN, REMIND_MINUTES_MAX) }),
    ...(hours && { hours }),
  }
}

function isWithin(minutes: number, least: number, most: number): boolean {
  return Number.isInteger(minutes) && minutes >= least && minutes <= most
}

function within(least: number, most: number): string {
  return `Choose from ${formatMinutes(least)} to ${formatMinutes(most)}.`
}
