import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import { readAll } from './pages'
import type { Schemas } from './types.gen'

export type SavedSearch = Schemas['SavedSearch']
export type SavedSearchForm = Schemas['SavedSearchForm']

export const savedSearchesQuery = queryOptions({
  queryKey: ['saved-searches'],
  queryFn: ({ signal }) => readAll((query) => call('get', '/saved-searches', { query, signal })),
})

export function saveSearch(body: SavedSearchForm) {
  return call('post', '/saved-searches', { body })
}

export function changeSavedSearch({ id, ...body }: SavedSearchForm & { id: string }) {
  return call('put', '/saved-searches/{id}', { path: { id }, body })
}

export function deleteSavedSearch(id: string) {
  return call('delete', '/saved-searches/{id}', { path: { id } })
}
