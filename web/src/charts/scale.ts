// The arithmetic of charts: steps, gaps filled, axes. Nothing here draws.
import type { Span } from '../time/range'
import { type Zone, formatDay, formatInstant, offsetMinutes } from '../time/zone'

const MINUTE_MS = 60_000
const DAY_MINUTES = 1440
/** More bars than this are too thin to point at. */
export const BARS_MAX = 120
const STEPS_MINUTES = [5, 10, 15, 30, 60, 120, 180, 360, 720, DAY_MINUTES, 2 * DAY_MINUTES, 7 * DAY_MINUTES, 30 * DAY_MINUTES]
/** The server keeps five-minute steps so long, and hours after that. */
const FINE_DAYS = 15
const COARSE_MINUTES_MIN = 60

/** Returns how many minutes a bar is to span, so that there are at most `BARS_MAX`. */
export function stepMinutes({ from, to }: Span, now: Date): number {
  const minutes = (to.getTime() - from.getTime()) / MINUTE_MS
  const isOld = now.getTime() - from.getTime() > FINE_DAYS * DAY_MINUTES * MINUTE_MS
  const least = Math.max(minutes / BARS_MAX, isOld ? COARSE_MINUTES_MIN : 0)
  return STEPS_MINUTES.find((step) => step >= least) ?? Math.max(...STEPS_MINUTES)
}

/** Returns one item for each step of `[from, to)`, those that are not in `items` made by `empty`. */
export function filled<T extends { at: string }>(items: readonly T[], from: Date, to: Date, minutes: number, empty: (at: string) => T): T[] {
  const known = new Map(items.map((item) => [Date.parse(item.at), item]))
  const steps: T[] = []
  for (let at = from.getTime(); at < to.getTime(); at += minutes * MINUTE_MS) {
    steps.push(known.get(at) ?? empty(new Date(at).toISOString()))
  }
  return steps
}

/** Returns round values for an axis from 0 to at least `highest`: 0 and two to five more. */
export function ticks(highest: number, base: 10 | 60 = 10): number[] {
  if (highest <= 0) return [0, 1]
  const rough = highest / 4
  const power = base ** Math.floor(Math.log(rough) / Math.log(base))
  const nice = base === 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10, 15, 30, 60]
  let step = (nice.find((factor) => factor * power >= rough) ?? base) * power
  if (base === 10 && step < 1) step = 1
  const count = Math.ceil(highest / step)
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}

/** By so much clocks change: an axis may have a tick more than its length says. */
const CLOCK_CHANGE_MS = 60 * MINUTE_MS

export interface TimeTick {
  at: Date
  label: string
}

const TICK_MINUTES = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10080, 20160, 43200]

/** Returns moments to name on the axis: round in the zone, at most `most` of them. */
export function timeTicks({ from, to }: Span, most: number, zone: Zone): TimeTick[] {
  const minutes = (to.getTime() - from.getTime()) / MINUTE_MS
  const step = TICK_MINUTES.find((one) => minutes / one <= most) ?? Math.max(...TICK_MINUTES)
  const stepMs = step * MINUTE_MS
  const offsetMs = offsetMinutes(from, zone) * MINUTE_MS
  const found: TimeTick[] = []
  for (let wall = Math.ceil((from.getTime() + offsetMs) / stepMs) * stepMs; wall - offsetMs < to.getTime() + CLOCK_CHANGE_MS; wall += stepMs) {
    // Clocks may change within the range: ask for the offset again, or ticks drift off the hour.
    const at = new Date(wall - offsetMinutes(new Date(wall - offsetMs), zone) * MINUTE_MS)
    if (at >= from && at < to) found.push({ at, label: tickLabel(at, step, zone) })
  }
  return found
}

function tickLabel(at: Date, step: number, zone: Zone): string {
  const time = formatInstant(at, zone, 'minute').slice('2026-11-23 '.length)
  const isMidnight = time === '00:00'
  return step >= DAY_MINUTES || isMidnight ? formatDay(at, zone).slice('2026-'.length) : time
}

/** Stacks values: for each series, where its part of each bar begins and ends. */
export function stacked(series: ReadonlyArray<readonly number[]>): Array<Array<[number, number]>> {
  const tops: number[] = []
  return series.map((values) =>
    values.map((value, index) => {
      const base = tops[index] ?? 0
      tops[index] = base + value
      return [base, base + value]
    }),
  )
}
