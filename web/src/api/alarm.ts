import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Alarm = Schemas['LogSourceAlarm']
export type Rehearsal = Schemas['Rehearsal']
export type AlarmSettings = Schemas['AlarmSettingsBody']

/** The alarm that sounds when no events come: the only one with a calendar. */
export const DROP_OFF = 'SOURCE_NO_DATA'

const REFRESH_MS = 30_000
const REHEARSED_MS = 60_000
const UNREAD_MS = 5_000

export const alarmsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['alarms', sourceId],
    queryFn: async ({ signal }) => (await call('get', '/log-source-alarms/{sourceId}', { path: { sourceId }, signal })).results,
    refetchInterval: REFRESH_MS,
  })

/** What the drop-off alarm would have done lately with these settings. Keeps nothing. */
export const rehearsalQuery = (sourceId: string, body: AlarmSettings) =>
  queryOptions({
    queryKey: ['alarms', sourceId, 'rehearsal', body],
    queryFn: ({ signal }) => call('post', '/log-source-alarms/{sourceId}/{type}/rehearsal', { path: { sourceId, type: DROP_OFF }, body, signal }),
    // It looks at two weeks of events: once a minute is enough. Of a new source nothing is read for some seconds.
    staleTime: REHEARSED_MS,
    refetchInterval: ({ state }) => (state.status === 'error' ? UNREAD_MS : REHEARSED_MS),
    placeholderData: keepPreviousData,
  })

export function setAlarm(sourceId: string, type: string, body: AlarmSettings) {
  return call('put', '/log-source-alarms/{sourceId}/{type}', { path: { sourceId, type }, body })
}

export function resetAlarm(sourceId: string, type: string) {
  return call('delete', '/log-source-alarms/{sourceId}/{type}', { path: { sourceId, type } })
}
