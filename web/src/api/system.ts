// How the server is: where its data lies, what waits, what runs.
import { queryOptions } from '@tanstack/react-query'
import { send } from './client'

export interface System {
  version: string
  build: string
  startedAt: string
  dataDir: string
  /** Null if it cannot be told. */
  freeBytes: number | null
  /** Counted once a minute at most. */
  journal: { entries: number; bytes: number; notLanded: number }
  database: { bytes: number }
  lake: { tables: number }
  /** Where people reach it; null if it was started without one. */
  publicUrl: string | null
  tls: boolean
}

const REFRESH_MS = 15_000

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => send('get', '/system', { signal }) as Promise<System>,
  refetchInterval: REFRESH_MS,
})
