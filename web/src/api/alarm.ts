import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Alarm = Schemas['LogSourceAlarm']
export type AlarmSettings = Schemas['AlarmSettingsBody']

/** The alarm that sounds when no events come: the only one with a calendar. */
export const DROP_OFF = 'SOURCE_NO_DATA'

const REFRESH_MS = 30_000

export const alarmsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['alarms', sourceId],
    queryFn: async ({ signal }) => (await call('get', '/log-source-alarms/{sourceId}', { path: { sourceId }, signal })).results,
    refetchInterval: REFRESH_MS,
  })

export function setAlarm(sourceId: string, type: string, body: AlarmSettings) {
  return call('put', '/log-source-alarms/{sourceId}/{type}', { path: { sourceId, type }, body })
}

export function resetAlarm(sourceId: string, type: string) {
  return call('delete', '/log-source-alarms/{sourceId}/{type}', { path: { sourceId, type } })
}
