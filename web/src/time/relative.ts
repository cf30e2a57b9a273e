// Spans of time as people say them.

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** The clocks of servers differ by seconds: what has just happened there is not to come here. */
const CLOCKS_APART_MS = 10 * SECOND_MS

/** `2 min ago`, `in 18 s`, `just now`. */
export function formatRelative(at: Date, now: Date): string {
  const span = now.getTime() - at.getTime()
  if (span < SECOND_MS && span > -CLOCKS_APART_MS) return 'just now'
  const text = roughly(Math.abs(span))
  return span < 0 ? `in ${text}` : `${text} ago`
}

function roughly(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`
  return `${Math.floor(ms / DAY_MS)} days`
}

/** `74 s`, `3 h 12 min`, `250 ms`: two units at most. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`
  if (ms < 2 * MINUTE_MS) return `${Math.round(ms / SECOND_MS)} s`
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`
  if (ms < 2 * DAY_MS) return pair(ms, HOUR_MS, 'h', MINUTE_MS, 'min')
  return pair(ms, DAY_MS, 'days', HOUR_MS, 'h')
}

function pair(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const bigs = Math.floor(ms / big)
  const smalls = Math.floor((ms % big) / small)
  return smalls === 0 ? `${bigs} ${bigName}` : `${bigs} ${bigName} ${smalls} ${smallName}`
}

/** A number of minutes in its largest whole unit: `6 hours`, `90 minutes`, `1 day`. */
export function formatMinutes(minutes: number): string {
  const { amount, unit } = splitMinutes(minutes)
  return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`
}

export type MinuteUnit = 'minutes' | 'hours' | 'days'
export const MINUTES_IN: Record<MinuteUnit, number> = { minutes: 1, hours: 60, days: 1440 }

/** Returns the largest unit in which it is a whole number. */
export function splitMinutes(minutes: number): { amount: number; unit: MinuteUnit } {
  for (const unit of ['days', 'hours'] as const) {
    const amount = minutes / MINUTES_IN[unit]
    if (amount >= 1 && Number.isInteger(amount)) return { amount, unit }
  }
  return { amount: minutes, unit: 'minutes' }
}
