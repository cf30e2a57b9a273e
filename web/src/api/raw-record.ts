import { queryOptions } from '@tanstack/react-query'
import { send } from './client'

/** A record as the vendor sent it. */
export interface RawRecord {
  raw: string
  readAt: string
}

/** Records do not change: what was read once is not read again. */
export const rawRecordQuery = (table: string, rowId: string) =>
  queryOptions({
    queryKey: ['raw-record', table, rowId],
    queryFn: ({ signal }) => send('get', '/tables/{table}/rows/{rowId}/raw', { path: { table, rowId }, signal }) as Promise<RawRecord>,
    staleTime: Infinity,
    retry: false,
  })
