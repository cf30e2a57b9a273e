// What of a log is proven complete, what is read to make it so, and audits that check it.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Coverage = Schemas['Coverage']
export type Stretch = Schemas['Stretch']
export type StretchState = Schemas['StretchState']
export type Backfill = Schemas['Backfill']
export type Audit = Schemas['Audit']
export type AuditList = Schemas['AuditList']
export type HealthChange = Schemas['HealthChange']

const REFRESH_MS = 15_000
/** While an audit is under way, how far it is. */
const PROGRESS_MS = 2_000
export const HEALTH_CHANGES_SHOWN = 25

export const coverageQuery = (id: string) =>
  queryOptions({
    queryKey: ['log-sources', id, 'coverage'],
    queryFn: ({ signal }) => call('get', '/log-sources/{id}/coverage', { path: { id }, signal }),
    refetchInterval: REFRESH_MS,
  })

export const backfillsQuery = (id: string) =>
  queryOptions({
    queryKey: ['log-sources', id, 'backfills'],
    queryFn: async ({ signal }) => (await call('get', '/log-sources/{id}/backfills', { path: { id }, signal })).results,
    refetchInterval: REFRESH_MS,
  })

export const auditsQuery = (id: string) =>
  queryOptions({
    queryKey: ['log-sources', id, 'audits'],
    queryFn: ({ signal }) => call('get', '/log-sources/{id}/audits', { path: { id }, signal }),
    refetchInterval: ({ state }) => (state.data?.running ? PROGRESS_MS : REFRESH_MS),
  })

export const healthHistoryQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['log-sources', id, 'health', 'history'],
    queryFn: ({ pageParam, signal }) =>
      call('get', '/log-sources/{id}/health/history', {
        path: { id },
        query: { limit: HEALTH_CHANGES_SHOWN, ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: REFRESH_MS,
  })

export function beginBackfill(id: string, from: Date, to: Date) {
  return call('post', '/log-sources/{id}/backfills', { path: { id }, body: { from: from.toISOString(), to: to.toISOString() } })
}

export function beginAudit(id: string, samplePercent: number, requestsMax: number) {
  return call('post', '/log-sources/{id}/audits', { path: { id }, body: { samplePercent, requestsMax } })
}

/** Asks the vendor now whether everything that the source needs works. */
export function checkLogSource(id: string) {
  return call('post', '/log-sources/{id}/check', { path: { id } })
}
