import { queryOptions } from '@tanstack/react-query'
import { send } from './client'
import { readAll } from './pages'

export interface SavedSearch {
  id: string
  name: string
  /** What it compiled to. */
  sql: string
  /** What stands behind `/search?`. */
  view: string
  createdBy: string
  createdAt: string
  updatedAt: string
}

export type NewSavedSearch = Pick<SavedSearch, 'name' | 'sql' | 'view'>

const PATH = '/saved-searches'

interface SavedSearchPage {
  results: SavedSearch[]
  next: string | null
}

export const savedSearchesQuery = queryOptions({
  queryKey: ['saved-searches'],
  queryFn: ({ signal }) => readAll((query) => send('get', PATH, { query, signal }) as Promise<SavedSearchPage>),
})

export function saveSearch(body: NewSavedSearch): Promise<SavedSearch> {
  return send('post', PATH, { body }) as Promise<SavedSearch>
}

export function changeSavedSearch({ id, ...body }: NewSavedSearch & { id: string }): Promise<SavedSearch> {
  return send('put', `${PATH}/{id}`, { path: { id }, body }) as Promise<SavedSearch>
}

export function deleteSavedSearch(id: string): Promise<unknown> {
  return send('delete', `${PATH}/{id}`, { path: { id } })
}
