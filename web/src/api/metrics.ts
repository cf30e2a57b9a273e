import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'
import type { Span } from '../time/range'

export type MetricsHistory = Schemas['MetricsHistory']
export type Step = MetricsHistory['steps'][number]
export type Flow = Schemas['Flow']

const FRESH_MS = 30_000

/** What flowed through a source within a span, in steps of so many minutes. */
export const metricsQuery = (source: string, span: Span, interval: number) =>
  queryOptions<MetricsHistory>({
    queryKey: ['metrics', source, span.from.toISOString(), span.to.toISOString(), interval],
    queryFn: ({ signal }) =>
      call('get', '/metrics-history', {
        query: { source, from: span.from.toISOString(), to: span.to.toISOString(), interval },
        signal,
      }),
    staleTime: FRESH_MS,
    // Another range of the same source: the old bars stay until the new ones are there.
    placeholderData: (before) => (before?.sourceId === source ? before : undefined),
  })
