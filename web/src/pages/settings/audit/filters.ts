// What the audit log is filtered by, as it stands in the URL and as the API takes it.
import type { AuditFilter, AuditOutcome } from '../../../api/audit-log'
import { pick } from '../../../search-params'
import { type TimeRange, parseMoment } from '../../../time/range'
import type { Zone } from '../../../time/zone'

/** A week shows what happened since the last look; more is one press away. */
export const USUAL_RANGE: TimeRange = { from: 'now-7d', to: 'now' }
export const WIDE_RANGE: TimeRange = { from: 'now-90d', to: 'now' }

export interface AuditSearch {
  actor?: string
  action?: string
  object?: string
  outcome?: string
  from?: string
  to?: string
  /** The entry that is open. */
  entry?: string
}

const OUTCOMES: readonly AuditOutcome[] = ['succeeded', 'failed']
const MINUTE_MS = 60_000

/** Reads the URL; what the API would refuse is left out. */
export function readSearch(search: Record<string, unknown>): AuditSearch {
  const { outcome, ...rest } = pick(search, 'actor', 'action', 'object', 'outcome', 'from', 'to', 'entry')
  return { ...rest, ...(outcome && OUTCOMES.some((one) => one === outcome) && { outcome }) }
}

export function rangeOf({ from, to }: AuditSearch): TimeRange {
  return { from: from ?? USUAL_RANGE.from, to: to ?? USUAL_RANGE.to }
}

/** Returns what to ask the API, or undefined if the range cannot be understood. */
export function filterOf(search: AuditSearch, now: Date, zone: Zone): AuditFilter | undefined {
  const range = rangeOf(search)
  // Whole minutes, so that the clock does not make another question of it all the time.
  const minute = new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS)
  const since = parseMoment(range.from, 'start', minute, zone)
  const until = parseMoment(range.to, 'end', minute, zone)
  if (!since || !until || since > until) return undefined
  const { actor, action, object, outcome } = search
  const known = OUTCOMES.find((one) => one === outcome)
  return {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(object && { object }),
    ...(known && { outcome: known }),
    since: since.toISOString(),
    // What has just happened is within a range that ends now.
    ...(range.to !== 'now' && { until: until.toISOString() }),
  }
}

/** Whether anything but the time narrows the list. */
export function isNarrowed({ actor, action, object, outcome }: AuditSearch): boolean {
  return Boolean(actor || action || object || outcome)
}
