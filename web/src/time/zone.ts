// Instants as text in a zone, and back. Always ISO order, 24 hours.

/** What a person may choose: UTC, the browser's own, or an IANA name. */
export type Zone = string
export const UTC: Zone = 'UTC'
export const LOCAL: Zone = 'local'

const MINUTE_MS = 60_000

export interface WallTime {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

/** Returns the IANA name that a choice stands for. */
export function zoneName(zone: Zone): string {
  return zone === LOCAL ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone
}

/** Whether the browser knows the zone. */
export function isZone(zone: Zone): boolean {
  try {
    formatter(zone)
    return true
  } catch {
    return false
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: Zone): Intl.DateTimeFormat {
  const name = zoneName(zone)
  let found = formatters.get(name)
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(name, found)
  }
  return found
}

/** Returns what clocks in the zone show at an instant. */
export function wallTime(at: Date, zone: Zone): WallTime {
  const wall: WallTime = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 }
  for (const { type, value } of formatter(zone).formatToParts(at)) {
    if (type in wall) wall[type as keyof WallTime] = Number(value)
  }
  return wall
}

/** Minutes by which the zone's clocks are ahead of UTC at an instant. */
export function offsetMinutes(at: Date, zone: Zone): number {
  const { year, month, day, hour, minute, second } = wallTime(at, zone)
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  const whole = Math.floor(at.getTime() / 1000) * 1000
  return Math.round((asUtc - whole) / MINUTE_MS)
}

/**
 * Returns the instant at which clocks in the zone show `wall`.
 * In the hour that clocks skip it is the one after; in the hour that they show twice, the first.
 */
export function instantOf(wall: WallTime, zone: Zone): Date {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)
  const dayMs = 24 * 60 * MINUTE_MS
  const before = offsetMinutes(new Date(asUtc - dayMs), zone)
  const after = offsetMinutes(new Date(asUtc + dayMs), zone)
  const first = new Date(asUtc - before * MINUTE_MS)
  if (offsetMinutes(first, zone) === before) return first
  const second = new Date(asUtc - after * MINUTE_MS)
  return offsetMinutes(second, zone) === after ? second : first
}

/** `UTC`, or how far the zone is from it, as `UTC+05:30`. */
export function offsetLabel(at: Date, zone: Zone): string {
  const minutes = offsetMinutes(at, zone)
  if (minutes === 0) return 'UTC'
  const size = Math.abs(minutes)
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** No zone changes its offset for less than some weeks. */
const OFFSET_STEP_MS = 7 * 24 * 60 * MINUTE_MS
/** More are not looked at: a time that is far off would hold up the page. */
const OFFSET_STEPS_MAX = 4_000

/** The offset from one instant to another, or the name of the zone if it changes in between. */
export function zoneLabel(from: Date, to: Date, zone: Zone): string {
  const label = offsetLabel(from, zone)
  return hasOneOffset(from, to, zone) ? label : zoneName(zone)
}

export function hasOneOffset(from: Date, to: Date, zone: Zone): boolean {
  const first = offsetMinutes(from, zone)
  const stepMs = Math.max(OFFSET_STEP_MS, (to.getTime() - from.getTime()) / OFFSET_STEPS_MAX)
  for (let at = from.getTime() + stepMs; at < to.getTime(); at += stepMs) {
    if (offsetMinutes(new Date(at), zone) !== first) return false
  }
  return offsetMinutes(to, zone) === first
}

export type Precision = 'minute' | 'second' | 'millisecond'

/** `2026-11-23 23:59:59.773`, or less of it. */
export function formatInstant(at: Date, zone: Zone, precision: Precision = 'second'): string {
  const wall = wallTime(at, zone)
  const minute = `${formatDay(at, zone)} ${two(wall.hour)}:${two(wall.minute)}`
  if (precision === 'minute') return minute
  const second = `${minute}:${two(wall.second)}`
  return precision === 'second' ? second : `${second}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`
}

/** `2026-11-23` */
export function formatDay(at: Date, zone: Zone): string {
  const { year, month, day } = wallTime(at, zone)
  return `${year}-${two(month)}-${two(day)}`
}

/** With its offset, so that it means the same anywhere: `2026-11-23T23:59:59.773+05:30`. */
export function formatWithOffset(at: Date, zone: Zone): string {
  const label = offsetLabel(at, zone)
  const offset = label === 'UTC' ? 'Z' : label.slice('UTC'.length).replace('−', '-')
  return formatInstant(at, zone, 'millisecond').replace(' ', 'T') + offset
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
