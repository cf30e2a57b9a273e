// Queries: begun, looked at, read, cancelled; and the tables that they may name.
import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Query = Schemas['Query']
export type QueryResults = Schemas['QueryResults']
/** Aids are what the console asks to show more of a search: the history does not have them. */
export type QueryPurpose = Schemas['QueryPurpose']

/** The most rows that the server hands out at once. */
export const ROWS_AT_ONCE = 1_000
/** New log types are rare; new columns come with new versions of schemas. */
const TABLES_FRESH_MS = 60_000

export const tablesQuery = queryOptions({
  queryKey: ['tables'],
  queryFn: ({ signal }) => call('get', '/tables', { signal }).then(({ results }) => results),
  staleTime: TABLES_FRESH_MS,
})

export const queriesQuery = queryOptions({
  queryKey: ['queries'],
  queryFn: ({ signal }) => call('get', '/queries', { signal }).then(({ results }) => results),
  staleTime: 0,
})

/** What a search needs of the server; tests have one of their own. */
export interface QueryServer {
  begin: (sql: string, purpose: QueryPurpose, signal: AbortSignal) => Promise<Query>
  look: (id: string, signal: AbortSignal) => Promise<Query>
  rows: (id: string, cursor: string | undefined, limit: number, signal: AbortSignal) => Promise<QueryResults>
  cancel: (id: string) => Promise<Query>
}

export const queryServer: QueryServer = {
  begin: (sql, purpose, signal) => call('post', '/queries', { body: { sql, purpose }, signal }),
  look: (id, signal) => call('get', '/queries/{id}', { path: { id }, signal }),
  rows: (id, cursor, limit, signal) => call('get', '/queries/{id}/results', { path: { id }, query: { limit, ...(cursor !== undefined && { cursor }) }, signal }),
  cancel: (id) => call('post', '/queries/{id}/cancel', { path: { id } }),
}
