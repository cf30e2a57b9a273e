import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

/** Of a log source, or of the server itself: then it has no source. */
export type Alarm = Schemas['Alarm'] & { sourceId?: string }
export type AlarmSettings = Schemas['AlarmSettingsBody']

/** The alarm that sounds when no events come: the only one with a calendar. */
export const DROP_OFF = 'SOURCE_NO_DATA'

const REFRESH_MS = 30_000

export const alarmsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['alarms', sourceId],
    queryFn: async ({ signal }): Promise<Alarm[]> => (await call('get', '/log-source-alarms/{sourceId}', { path: { sourceId }, signal })).results,
    refetchInterval: REFRESH_MS,
  })

export const systemAlarmsQuery = queryOptions({
  queryKey: ['alarms', 'system'],
  queryFn: async ({ signal }): Promise<Alarm[]> => (await call('get', '/system-alarms', { signal })).results,
  refetchInterval: REFRESH_MS,
})

/** The list that an alarm is in. */
export function alarmListKey({ sourceId }: Alarm) {
  return sourceId === undefined ? systemAlarmsQuery.queryKey : alarmsQuery(sourceId).queryKey
}

export function setAlarm({ sourceId, type }: Alarm, body: AlarmSettings): Promise<unknown> {
  if (sourceId === undefined) return call('put', '/system-alarms/{type}', { path: { type }, body })
  return call('put', '/log-source-alarms/{sourceId}/{type}', { path: { sourceId, type }, body })
}

export function resetAlarm({ sourceId, type }: Alarm): Promise<unknown> {
  if (sourceId === undefined) return call('delete', '/system-alarms/{type}', { path: { type } })
  return call('delete', '/log-source-alarms/{sourceId}/{type}', { path: { sourceId, type } })
}
