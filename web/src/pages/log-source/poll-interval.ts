// How often a log source is polled, as it is typed: whole seconds, or nothing for the server's own interval.
import { formatDuration } from '../../time/relative'

/** The API's bounds. */
const SECONDS_MIN = 1
const SECONDS_MAX = 86_400

export interface PollInterval {
  /** Null for the server's. */
  seconds: number | null
}

/** Returns what is meant, or undefined if it cannot be an interval. */
export function readInterval(text: string): PollInterval | undefined {
  const typed = text.trim()
  if (typed === '') return { seconds: null }
  // No sign, no part of a second, no exponent.
  if (!/^\d{1,9}$/.test(typed)) return undefined
  const seconds = Number(typed)
  return seconds >= SECONDS_MIN && seconds <= SECONDS_MAX ? { seconds } : undefined
}

export function writeInterval(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? '' : String(seconds)
}

/** Returns what is wrong with what was typed, or undefined. */
export function intervalProblem(text: string): string | undefined {
  return readInterval(text) ? undefined : `Whole seconds from ${SECONDS_MIN} to ${SECONDS_MAX.toLocaleString('en-US')} (a day), or nothing.`
}

/** `60 s`, `5 min`. */
export function intervalText(seconds: number): string {
  return seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000)
}
