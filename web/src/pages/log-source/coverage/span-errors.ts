// What is wrong with a span of time as somebody wrote it.
import { parseMoment } from '../../../time/range'
import type { Zone } from '../../../time/zone'

export interface SpanText {
  from: string
  to: string
}

const DAY_MS = 86_400_000
/** The clocks of servers and browsers differ by seconds. */
const CLOCKS_APART_MS = 10_000

/** `keptDays` is how long the vendor has events, if that is known: nothing older can be read. */
export function spanErrors(text: SpanText, now: Date, zone: Zone, keptDays: number | undefined): Partial<SpanText> {
  const from = parseMoment(text.from, 'start', now, zone)
  const to = parseMoment(text.to, 'end', now, zone)
  const errors: Partial<SpanText> = {}
  if (!from) errors.from = 'Write now-24h, now/d or 2026-11-23 08:00.'
  if (!to) errors.to = 'Write now or 2026-11-23 18:00.'
  else if (to.getTime() > now.getTime() + CLOCKS_APART_MS) errors.to = 'That is in the future: new events are read as they come.'
  else if (keptDays !== undefined && to.getTime() <= now.getTime() - keptDays * DAY_MS) errors.to = `That is more than ${keptDays} days ago: the vendor has nothing of it any more.`
  else if (from && from >= to) errors.to = 'The end is before the beginning.'
  return errors
}
