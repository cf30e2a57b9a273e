// The bars of the histogram: they begin at round times, and together are exactly the chosen range.
import type { Series, SeriesColor } from '../charts/time-bars'
import { BARS_MAX } from '../charts/scale'
import { PARTS_SHOWN } from './compile'
import type { Span } from '../time/range'
import { type Zone, offsetMinutes } from '../time/zone'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364, 3_640].map((days) => days * DAY),
]
/** A Monday: weeks begin there. */
const MONDAY = Date.UTC(1970, 0, 5)

export interface Bins {
  stepMs: number
  /** From here the steps are counted: midnight in the zone. */
  origin: Date
  /** Where each bar begins; the first one where the range does. */
  at: Date[]
  /** Where the last one ends: where the range does. */
  until: Date
}

export function binsOf(span: Span, zone: Zone): Bins {
  const origin = MONDAY - offsetMinutes(span.from, zone) * MINUTE
  const [from, to] = [span.from.getTime(), span.to.getTime()]
  const count = (step: number) => Math.ceil((to - origin) / step) - Math.floor((from - origin) / step)
  const stepMs = STEPS.find((step) => count(step) <= BARS_MAX) ?? Math.max(...STEPS)
  const first = origin + Math.floor((from - origin) / stepMs) * stepMs
  const at: Date[] = []
  for (let begin = first; begin < to && at.length < BARS_MAX; begin += stepMs) at.push(new Date(Math.max(begin, from)))
  return { stepMs, origin: new Date(origin), at, until: span.to }
}

export interface Count {
  bar: string
  part: string | null
  /** Parts that have no bars of their own, taken together. */
  isRest?: boolean
  count: number
}

const OTHER = 'Other'
const NONE = 'no value'
/** What bars are of that are stacked by nothing. */
const ALL = 'Events'
const COLORS: readonly SeriesColor[] = ['1', '2', '3', '4', '5', '6']

/** The counts of each bar, for the most frequent parts; the rest are one. */
export function seriesOf(bins: Bins, counts: readonly Count[], field: string | undefined): Series[] {
  const name = (part: string | null) => (field === undefined ? ALL : (part ?? NONE))
  const place = new Map(bins.at.map((at, index) => [Math.floor((at.getTime() - bins.origin.getTime()) / bins.stepMs), index]))
  const totals = new Map<string, number>()
  for (const { part, isRest, count } of counts) if (!isRest) totals.set(name(part), (totals.get(name(part)) ?? 0) + count)
  const frequent = [...totals].toSorted((one, other) => other[1] - one[1]).map(([part]) => part)
  const shown = frequent.slice(0, PARTS_SHOWN)
  const colors = colorsOf(field ?? '', shown)
  const hasRest = frequent.length > PARTS_SHOWN || counts.some(({ isRest }) => isRest)
  const values = new Map(shown.map((part) => [part, bins.at.map(() => 0)]))
  // A value may be called as the rest is.
  const rest = bins.at.map(() => 0)
  for (const { bar, part, isRest, count } of counts) {
    const index = place.get(Math.floor((Date.parse(bar) - bins.origin.getTime()) / bins.stepMs))
    const bars = (isRest ? undefined : values.get(name(part))) ?? rest
    if (index !== undefined) bars[index] = (bars[index] ?? 0) + count
  }
  const series = [...values].map(([label, bars], index): Series => ({ label, color: colors[index] ?? 'other', values: bars }))
  return hasRest ? [...series, { label: OTHER, color: 'other', values: rest }] : series
}

/** The same value of a field keeps its colour until the console is left. */
const remembered = new Map<string, Map<string, SeriesColor>>()

function colorsOf(field: string, parts: readonly string[]): SeriesColor[] {
  const known = remembered.get(field) ?? new Map<string, SeriesColor>()
  remembered.set(field, known)
  const taken = new Set<SeriesColor>()
  const kept = parts.map((part) => {
    const color = known.get(part)
    if (!color || taken.has(color)) return undefined
    taken.add(color)
    return color
  })
  return parts.map((part, index) => {
    const color = kept[index] ?? COLORS.find((one) => !taken.has(one)) ?? 'other'
    taken.add(color)
    known.set(part, color)
    return color
  })
}
