import { useQuery } from '@tanstack/react-query'
import { type MetricsHistory, type Step, metricsQuery } from '../../api/metrics'
import { filled } from '../../charts/scale'
import { useNow } from '../../time/clock'

const STEP_MINUTES = 60
const STEP_MS = STEP_MINUTES * 60_000
const DAY_STEPS = 24

/** What flowed through a source in the last 24 hours, hour by hour. */
export function useLastDay(sourceId: string): MetricsHistory | undefined {
  const now = useNow()
  // Whole hours, so that the same request serves until the next one begins.
  const end = Math.ceil(now.getTime() / STEP_MS) * STEP_MS
  const span = { from: new Date(end - DAY_STEPS * STEP_MS), to: new Date(end) }
  const { data } = useQuery({ ...metricsQuery(sourceId, span, STEP_MINUTES), refetchInterval: 60_000 })
  if (!data) return undefined
  return { ...data, steps: filled(data.steps, new Date(data.from), new Date(data.to), data.intervalMinutes, emptyStep) }
}

/** A step in which nothing flowed. */
export function emptyStep(at: string): Step {
  return { at, events: 0, bytes: 0, rejects: 0, polls: 0, pollErrors: 0, lagMsAverage: null, lagMsMax: null }
}
