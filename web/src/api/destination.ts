import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import { readAll } from './pages'
import type { Schemas } from './types.gen'

export type Destination = Schemas['Destination']
export type DestinationForm = Schemas['DestinationForm']
export type DestinationKind = Schemas['DestinationKind']
export type AlertType = Schemas['AlertType']

export const destinationsQuery = queryOptions({
  queryKey: ['destinations'],
  queryFn: ({ signal }) => readAll((query) => call('get', '/destinations', { query, signal })),
})

export const destinationQuery = (id: string) =>
  queryOptions({
    queryKey: ['destinations', id],
    queryFn: ({ signal }) => call('get', '/destinations/{id}', { path: { id }, signal }),
  })

export function createDestination(body: DestinationForm, idempotencyKey: string) {
  return call('post', '/destinations', { body, idempotencyKey })
}

export function replaceDestination(id: string, body: DestinationForm) {
  return call('put', '/destinations/{id}', { path: { id }, body })
}

export function deleteDestination(id: string) {
  return call('delete', '/destinations/{id}', { path: { id } })
}

export function testDestination(id: string) {
  return call('post', '/destinations/{id}/test', { path: { id } })
}
