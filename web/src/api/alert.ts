import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Alert = Schemas['Alert']
export type AlertStatus = Schemas['AlertStatus']
export type AlertChange = Schemas['AlertChange']
export type Delivery = Schemas['Delivery']
export type TimelineEvent = Schemas['TimelineEvent']

export interface AlertFilter {
  /** Statuses with commas between; all if empty. */
  status: string
  source?: string | undefined
  createdAfter?: string | undefined
}

/** How many alerts a page of the list has. */
export const ALERTS_SHOWN = 50
const REFRESH_MS = 15_000

export const alertsQuery = ({ status, source, createdAfter }: AlertFilter) =>
  infiniteQueryOptions({
    queryKey: ['alerts', { status, source, createdAfter }],
    queryFn: ({ pageParam, signal }) =>
      call('get', '/alerts', {
        query: {
          limit: ALERTS_SHOWN,
          ...(status && { status }),
          ...(source && { 'log-source': source }),
          ...(createdAfter && { 'created-after': createdAfter }),
          ...(pageParam && { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })

/** More open alerts than this are shown as "100+". */
export const OPEN_COUNTED_MAX = 100

/** How many alerts are open, for the left bar. */
export const openAlertsQuery = queryOptions({
  queryKey: ['alerts', 'open-count'],
  queryFn: async ({ signal }) => {
    const { results } = await call('get', '/alerts', { query: { status: 'OPEN', limit: OPEN_COUNTED_MAX }, signal })
    return results.length
  },
  refetchInterval: REFRESH_MS,
})

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => call('get', '/alerts/{id}', { path: { id }, signal }),
    refetchInterval: REFRESH_MS,
  })

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert', id, 'timeline'],
    queryFn: async ({ signal }) => (await call('get', '/alerts/{id}/timeline', { path: { id }, signal })).results,
    refetchInterval: REFRESH_MS,
  })

export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert', id, 'deliveries'],
    queryFn: async ({ signal }) => (await call('get', '/alerts/{id}/deliveries', { path: { id }, signal })).results,
    refetchInterval: REFRESH_MS,
  })

export function changeAlert(id: string, body: AlertChange) {
  return call('patch', '/alerts/{id}', { path: { id }, body })
}

export function commentAlert(id: string, text: string, idempotencyKey: string) {
  return call('post', '/alerts/{id}/comments', { path: { id }, body: { text }, idempotencyKey })
}

export function resendDelivery(id: string) {
  return call('post', '/deliveries/{id}/resend', { path: { id } })
}
