// How a log source is, in the words of the list.
import type { Alarm } from '../../api/alarm'
import type { LogSource } from '../../api/log-source'

export type SourceStatus = 'healthy' | 'waiting' | 'quiet' | 'dropped_off' | 'failing' | 'paused' | 'unverified'

export const STATUS_LABELS: Record<SourceStatus, string> = {
  healthy: 'Healthy',
  waiting: 'Waiting for first event',
  quiet: 'Quiet',
  dropped_off: 'Dropped off',
  failing: 'Failing',
  paused: 'Paused',
  unverified: 'Unverified',
}

/** Without an alarm that would say so, a source is quiet after a day without events. */
const QUIET_MS = 24 * 3_600_000

/**
 * | state of the API | and | status |
 * |---|---|---|
 * | `paused` | | paused |
 * | `failing` | | failing |
 * | other | the drop-off alarm sounds | dropped off |
 * | other | no event ever | waiting |
 * | other | the alarm is off, no event for a day | quiet |
 * | `unknown` | nothing was looked at yet | unverified |
 */
export function statusOf(source: LogSource, dropOff: Alarm | undefined, now: Date): SourceStatus {
  if (source.state === 'paused') return 'paused'
  if (source.state === 'failing') return 'failing'
  if (dropOff?.enabled && dropOff.state === 'ALARM') return 'dropped_off'
  if (!source.lastEventAt) return 'waiting'
  const silenceMs = now.getTime() - Date.parse(source.lastEventAt)
  if (dropOff?.enabled === false && silenceMs > QUIET_MS) return 'quiet'
  return source.state === 'unknown' ? 'unverified' : 'healthy'
}
