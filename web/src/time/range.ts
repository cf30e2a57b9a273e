// Ranges of time as a person writes them: `now-7d/d`, `2026-11-23 23:59`. A range keeps the words; instants are made of them when asked.
import { type WallTime, type Zone, formatInstant, instantOf, offsetLabel, wallTime } from './zone'

export interface TimeRange {
  from: string
  to: string
}

/** `[from, to)` */
export interface Span {
  from: Date
  to: Date
}

export const LAST_DAY: TimeRange = { from: 'now-24h', to: 'now' }

export const QUICK_RANGES: ReadonlyArray<{ label: string; range: TimeRange }> = [
  { label: 'Last hour', range: { from: 'now-1h', to: 'now' } },
  { label: 'Last 6 hours', range: { from: 'now-6h', to: 'now' } },
  { label: 'Last 24 hours', range: LAST_DAY },
  { label: 'Last 7 days', range: { from: 'now-7d', to: 'now' } },
  { label: 'Last 30 days', range: { from: 'now-30d', to: 'now' } },
  { label: 'Last 90 days', range: { from: 'now-90d', to: 'now' } },
  { label: 'Today', range: { from: 'now/d', to: 'now' } },
  { label: 'Yesterday', range: { from: 'now-1d/d', to: 'now-1d/d' } },
]

type Edge = 'start' | 'end'
type Unit = 's' | 'm' | 'h' | 'd' | 'w'
const UNIT_MS: Record<Unit, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

const RELATIVE = /^now(?:([+-])(\d{1,6})([smhdw]))?(?:\/([hdw]))?$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i
const EPOCH = /^(\d{10}|\d{13})$/

/** The offset that clocks have at the moment that a text means; that of now while it means none. */
export function momentOffset(text: string, edge: Edge, now: Date, zone: Zone): string {
  return offsetLabel(parseMoment(text, edge, now, zone) ?? now, zone)
}

/**
 * Returns the instant that a text means, or undefined if it means none.
 * A text without an offset is in `zone`; one rounded to a unit is its start, or its end if it ends a range.
 */
export function parseMoment(text: string, edge: Edge, now: Date, zone: Zone): Date | undefined {
  const trimmed = text.trim()
  const relative = RELATIVE.exec(trimmed)
  if (relative) return relativeMoment(relative, edge, now, zone)
  const epoch = EPOCH.exec(trimmed)
  if (epoch) return new Date(Number(trimmed) * (trimmed.length === 10 ? 1000 : 1))
  const date = DATE.exec(trimmed)
  return date ? absoluteMoment(date, zone) : undefined
}

function relativeMoment(match: RegExpExecArray, edge: Edge, now: Date, zone: Zone): Date {
  const [, sign, amount, unit, rounding] = match
  const shift = amount ? Number(amount) * UNIT_MS[unit as Unit] * (sign === '-' ? -1 : 1) : 0
  const at = new Date(now.getTime() + shift)
  if (!rounding) return at
  const start = startOf(at, rounding as Unit, zone)
  if (edge === 'start') return start
  // Half a unit further than its end is within the next one, whatever the clocks do that day.
  const next = new Date(start.getTime() + UNIT_MS[rounding as Unit] * 1.5)
  return startOf(next, rounding as Unit, zone)
}

function startOf(at: Date, unit: Unit, zone: Zone): Date {
  const wall: WallTime = { ...wallTime(at, zone), minute: 0, second: 0 }
  if (unit === 'h') return instantOf(wall, zone)
  wall.hour = 0
  if (unit === 'w') {
    const weekday = (new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay() + 6) % 7
    wall.day -= weekday
  }
  return instantOf(wall, zone)
}

function absoluteMoment(match: RegExpExecArray, zone: Zone): Date | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match
  const wall: WallTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  }
  const plain = new Date(Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second))
  const isReal = plain.getUTCMonth() === wall.month - 1 && plain.getUTCDate() === wall.day && plain.getUTCMinutes() === wall.minute
  if (!isReal || wall.hour > 23 || wall.second > 59) return undefined
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3))
  const whole = offset ? plain.getTime() - offsetMs(offset) : instantOf(wall, zone).getTime()
  return new Date(whole + ms)
}

function offsetMs(text: string): number {
  if (/^(z|utc)$/i.test(text)) return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return (text.startsWith('-') ? -minutes : minutes) * UNIT_MS.m
}

/** Returns the instants of a range, or undefined if it cannot be understood or ends before it begins. */
export function resolve(range: TimeRange, now: Date, zone: Zone): Span | undefined {
  const from = parseMoment(range.from, 'start', now, zone)
  const to = parseMoment(range.to, 'end', now, zone)
  return from && to && from < to ? { from, to } : undefined
}

const PASTED = /\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?|\b\d{13}\b|\b\d{10}\b/gi

/** Finds two moments in a pasted text, in either order. */
export function parsePasted(text: string, zone: Zone): TimeRange | undefined {
  const found = (text.match(PASTED) ?? []).map((moment) => parseMoment(moment, 'start', new Date(0), zone))
  const [one, other] = found
  if (found.length !== 2 || !one || !other || one.getTime() === other.getTime()) return undefined
  return one < other ? absolute({ from: one, to: other }) : absolute({ from: other, to: one })
}

/** The same instants, whoever reads them and when. */
export function absolute({ from, to }: Span): TimeRange {
  return { from: from.toISOString(), to: to.toISOString() }
}

/** Moves a span by half of its length. */
export function shifted({ from, to }: Span, direction: -1 | 1): Span {
  const half = (direction * (to.getTime() - from.getTime())) / 2
  return { from: new Date(from.getTime() + half), to: new Date(to.getTime() + half) }
}

/** Makes a span twice as long around its middle, without looking into the future. */
export function zoomedOut({ from, to }: Span, now: Date): Span {
  const half = (to.getTime() - from.getTime()) / 2
  const end = Math.max(to.getTime(), Math.min(to.getTime() + half, now.getTime()))
  return { from: new Date(end - 4 * half), to: new Date(end) }
}

/** The span of the same length right before. */
export function previous({ from, to }: Span): Span {
  return { from: new Date(2 * from.getTime() - to.getTime()), to: from }
}

/** What the range is called: its quick name, or its ends in the zone. */
export function describe(range: TimeRange, now: Date, zone: Zone): string {
  const quick = QUICK_RANGES.find((one) => one.range.from === range.from && one.range.to === range.to)
  if (quick) return quick.label
  const isRelative = range.from.startsWith('now') || range.to.startsWith('now')
  const span = resolve(range, now, zone)
  if (isRelative || !span) return `${range.from} to ${range.to}`
  return `${formatInstant(span.from, zone, 'minute')} to ${formatInstant(span.to, zone, 'minute')}`
}
