// How the server is: where its data lies, what waits, what runs.
import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type System = Schemas['System']

const REFRESH_MS = 15_000

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => call('get', '/system', { signal }),
  refetchInterval: REFRESH_MS,
})
