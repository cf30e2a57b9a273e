// What a rehearsal of the drop-off alarm says, in words.
import type { Rehearsal } from '../../api/rehearsal'
import { formatCounted } from '../../format'
import { formatDuration, formatMinutes } from '../../time/relative'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Fewer days say too little about silence: a weekend has to be among them. */
const DAYS_MIN = 7

/** `Longest quiet gap in the last 14 days: 3 h 12 min. At 6 hours this alarm would have sounded 0 times.` */
export function rehearsalText(rehearsal: Rehearsal): string {
  if (!rehearsal.isComplete) return `Part of ${looked(rehearsal)} is still being read. What this alarm would have done then is said when that is done.`
  const { longestSilenceMinutes, minutesThreshold, alarms } = rehearsal
  const gap = longestSilenceMinutes === 0 ? 'less than a minute' : formatDuration(longestSilenceMinutes * MINUTE_MS)
  return `Longest quiet gap in ${looked(rehearsal)}: ${gap}. At ${formatMinutes(minutesThreshold)} this alarm would have sounded ${formatCounted(alarms, 'time')}.`
}

/** Returns the threshold to suggest, or undefined: too little was looked at or read, or the one that was tried is as good. */
export function suggestion(rehearsal: Rehearsal): number | undefined {
  if (!rehearsal.isComplete) return undefined
  const { minutesThreshold, minutesThresholdSuggested } = rehearsal
  return lengthMs(rehearsal) < DAYS_MIN * DAY_MS || minutesThreshold === minutesThresholdSuggested ? undefined : minutesThresholdSuggested
}

function looked(rehearsal: Rehearsal): string {
  const days = Math.round(lengthMs(rehearsal) / DAY_MS)
  return days >= 2 ? `the last ${days} days` : `the last ${formatDuration(lengthMs(rehearsal))}`
}

function lengthMs({ from, to }: Rehearsal): number {
  return Date.parse(to) - Date.parse(from)
}
