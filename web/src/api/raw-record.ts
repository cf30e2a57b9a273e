import { queryOptions } from '@tanstack/react-query'
import { call } from './client'

/** A record as the vendor sent it. Records do not change: what was read once is not read again. */
export const rawRecordQuery = (table: string, rowId: string, eventTime: string | undefined) =>
  queryOptions({
    queryKey: ['raw-record', table, rowId],
    queryFn: ({ signal }) => call('get', '/tables/{table}/rows/{rowId}/raw', { path: { table, rowId }, ...(eventTime !== undefined && { query: { eventTime } }), signal }),
    staleTime: Infinity,
    retry: false,
  })
