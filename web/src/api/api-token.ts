import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import { readAll } from './pages'
import type { Schemas } from './types.gen'

export type ApiToken = Schemas['ApiToken']
export type ApiTokenForm = Schemas['ApiTokenForm']
export type IssuedApiToken = Schemas['IssuedApiToken']

export const apiTokensQuery = queryOptions({
  queryKey: ['api-tokens'],
  queryFn: ({ signal }) => readAll((query) => call('get', '/api-tokens', { query, signal })),
})

export const apiTokenQuery = (id: string) =>
  queryOptions({
    queryKey: ['api-tokens', id],
    queryFn: ({ signal }) => call('get', '/api-tokens/{id}', { path: { id }, signal }),
  })

export function createApiToken(body: ApiTokenForm, idempotencyKey: string) {
  return call('post', '/api-tokens', { body, idempotencyKey })
}

export function replaceApiToken(id: string, body: ApiTokenForm) {
  return call('put', '/api-tokens/{id}', { path: { id }, body })
}

export function rotateApiToken(id: string) {
  return call('post', '/api-tokens/{id}/rotate', { path: { id } })
}

export function deleteApiToken(id: string) {
  return call('delete', '/api-tokens/{id}', { path: { id } })
}
