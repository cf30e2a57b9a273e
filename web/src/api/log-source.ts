import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import { readAll } from './pages'
import type { Schemas } from './types.gen'

export type LogSource = Schemas['LogSource']
export type Health = Schemas['Health']
export type NewLogSource = Schemas['NewLogSource']

/** How often a list that is looked at is read again. */
const REFRESH_MS = 15_000

export const logSourcesQuery = queryOptions({
  queryKey: ['log-sources'],
  queryFn: ({ signal }) => readAll((query) => call('get', '/log-sources', { query, signal })),
  refetchInterval: REFRESH_MS,
})

/** With what flowed through each lately, as the list of sources shows it. */
export const listedSourcesQuery = queryOptions({
  queryKey: ['log-sources', 'listed'],
  queryFn: ({ signal }) => readAll((query) => call('get', '/log-sources', { query: { ...query, include: 'lastDay' }, signal })),
  refetchInterval: REFRESH_MS,
})

export const logSourceQuery = (id: string) =>
  queryOptions({
    queryKey: ['log-sources', id],
    queryFn: ({ signal }) => call('get', '/log-sources/{id}', { path: { id }, signal }),
    refetchInterval: REFRESH_MS,
  })

export const healthQuery = (id: string) =>
  queryOptions({
    queryKey: ['log-sources', id, 'health'],
    queryFn: ({ signal }) => call('get', '/log-sources/{id}/health', { path: { id }, signal }),
    refetchInterval: REFRESH_MS,
  })

export function createLogSource(body: NewLogSource, idempotencyKey: string, signal: AbortSignal) {
  return call('post', '/log-sources', { body, idempotencyKey, signal })
}

export function renameLogSource(id: string, label: string) {
  return call('patch', '/log-sources/{id}', { path: { id }, body: { label } })
}

/** Null gives it back to the server. */
export function setPollInterval(id: string, pollIntervalSeconds: number | null) {
  return call('patch', '/log-sources/{id}', { path: { id }, body: { pollIntervalSeconds } })
}

export function replaceToken(id: string, token: string) {
  return call('put', '/log-sources/{id}/credentials', { path: { id }, body: { token } })
}

export function pauseLogSource(id: string) {
  return call('post', '/log-sources/{id}/pause', { path: { id } })
}

export function resumeLogSource(id: string) {
  return call('post', '/log-sources/{id}/resume', { path: { id } })
}

export function deleteLogSource(id: string) {
  return call('delete', '/log-sources/{id}', { path: { id } })
}
