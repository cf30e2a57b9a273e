import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type AlarmSettings, DROP_OFF } from './alarm'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Rehearsal = Schemas['Rehearsal']

const REHEARSED_MS = 60_000
const UNREAD_MS = 5_000
/** While part of the past is still being read. */
const INCOMPLETE_MS = 15_000

/** What the drop-off alarm would have done lately with these settings. Keeps nothing. */
export const rehearsalQuery = (sourceId: string, body: AlarmSettings) =>
  queryOptions({
    queryKey: ['rehearsals', sourceId, body],
    queryFn: ({ signal }) => call('post', '/log-source-alarms/{sourceId}/{type}/rehearsal', { path: { sourceId, type: DROP_OFF }, body, signal }),
    // It looks at two weeks of events: once a minute is enough. Of a new source nothing is read for some seconds.
    staleTime: REHEARSED_MS,
    refetchInterval: ({ state }) => (state.status === 'error' ? UNREAD_MS : state.data?.isComplete === false ? INCOMPLETE_MS : REHEARSED_MS),
    placeholderData: keepPreviousData,
  })
