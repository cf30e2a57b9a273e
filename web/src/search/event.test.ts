import { expect, it } from 'vitest'
import { actorOf, addressOf, emptyFields, eventEntries, eventTree, indicatorsOf, likelyIndicator } from './event'
import { writeJson } from '../json'

const columns = [
  { name: 'gid', type: 'text' },
  { name: 'actor', type: 'json' },
  { name: 'details', type: 'text' },
  { name: 'count', type: 'integer' },
  { name: 'resource', type: 'json' },
  { name: 'p_event_time', type: 'timestamp' },
  { name: 'p_any_emails', type: 'json' },
  { name: 'p_any_ip_addresses', type: 'json' },
]
const row = [
  '1210000000000005',
  '{"email":"a@b.example","name":null,"teams":["x","y"]}',
  '{"new value":9007199254740993,"steps":[{"a":1}]}',
  '9223372036854775807',
  null,
  '2026-11-25T10:00:00.000Z',
  '["a@b.example"]',
  '["10.0.0.1"]',
]

it('lists every value, indicators first, by the name that a filter has for it', () => {
  expect(eventEntries(columns, row).map(({ field, text, type }) => [field, text, type])).toEqual([
    ['p_any_emails', 'a@b.example', 'list'],
    ['p_any_ip_addresses', '10.0.0.1', 'list'],
    ['gid', '1210000000000005', 'value'],
    ['actor.email', 'a@b.example', 'value'],
    ['actor.teams', 'x', 'list'],
    ['actor.teams', 'y', 'list'],
    ['details->"new value"', '9007199254740993', 'value'],
    ['details->steps', '[{"a":1}]', 'structure'],
    ['count', '9223372036854775807', 'value'],
    ['p_event_time', '2026-11-25T10:00:00.000Z', 'timestamp'],
  ])
  expect(emptyFields(columns, row)).toEqual(['resource'])
})

it('is a tree that keeps every digit', () => {
  expect(writeJson(eventTree(columns, row), false)).toContain('"details":{"new value":9007199254740993,"steps":[{"a":1}]},"count":9223372036854775807,"resource":null')
})

it('text that only looks like JSON stays text', () => {
  expect(eventEntries([{ name: 'a', type: 'text' }], ['{not json'])).toEqual([{ field: 'a', text: '{not json', type: 'value' }])
})

it('knows indicators by the event, or by their looks', () => {
  expect(indicatorsOf(columns, row, 'a@b.example')).toEqual(['p_any_emails'])
  expect(likelyIndicator('x', '2001:db8::17')).toBe('p_any_ip_addresses')
  expect(likelyIndicator('x', '10:30:00')).toBeUndefined()
  expect(likelyIndicator('x', 'hello')).toBeUndefined()
})

it('knows who did it, and from where', () => {
  const entries = eventEntries(columns, row)
  expect(actorOf(entries)?.field).toBe('actor.email')
  expect(addressOf(entries)?.text).toBe('10.0.0.1')
  expect(actorOf(entries.filter(({ field }) => field.startsWith('p_')))?.field).toBe('p_any_emails')
})
