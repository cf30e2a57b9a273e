import { expect, it } from 'vitest'
import type { Alarm } from '../../api/alarm'
import type { LogSource } from '../../api/log-source'
import { statusOf } from './status'

const NOW = new Date('2026-11-26T12:00:00Z')
const SOURCE: LogSource = {
  id: '1',
  label: 'Asana',
  connector: 'asana',
  logType: 'Asana.Audit',
  state: 'healthy',
  createdAt: '2026-11-01T00:00:00Z',
  lastEventAt: '2026-11-26T11:59:00Z',
  records: 3,
  effectivePollIntervalSeconds: 60,
}
const alarm = (change: Partial<Alarm>): Alarm => ({
  sourceId: '1',
  type: 'SOURCE_NO_DATA',
  title: 'No events',
  summary: '',
  enabled: true,
  isSet: false,
  state: 'OK',
  ...change,
})

it.each([
  ['healthy', SOURCE, alarm({}), 'healthy'],
  ['paused, whatever the alarm says', { ...SOURCE, state: 'paused' as const }, alarm({ state: 'ALARM' }), 'paused'],
  ['failing', { ...SOURCE, state: 'failing' as const }, alarm({}), 'failing'],
  ['the alarm sounds', SOURCE, alarm({ state: 'ALARM' }), 'dropped_off'],
  ['no event yet', { ...SOURCE, lastEventAt: null }, alarm({}), 'waiting'],
  ['quiet without an alarm', { ...SOURCE, lastEventAt: '2026-11-20T00:00:00Z' }, alarm({ enabled: false }), 'quiet'],
  ['silent, but the alarm will tell', { ...SOURCE, lastEventAt: '2026-11-20T00:00:00Z' }, alarm({}), 'healthy'],
  ['never looked at', { ...SOURCE, state: 'unknown' as const }, undefined, 'unverified'],
])('%s', (_, source, dropOff, expected) => {
  expect(statusOf(source, dropOff, NOW)).toBe(expected)
})
