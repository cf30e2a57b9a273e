// What a log source has been through, as the server tells it.
import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Note = Schemas['Note']

const REFRESH_MS = 30_000
const NOTES_SHOWN = 100

/** The newest first. */
export const sourceHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['log-sources', id, 'history'],
    queryFn: async ({ signal }) => (await call('get', '/log-sources/{id}/history', { path: { id }, query: { limit: NOTES_SHOWN }, signal })).results,
    refetchInterval: REFRESH_MS,
  })
