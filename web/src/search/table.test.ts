import { describe, expect, it } from 'vitest'
import { fieldNamed, joinKeys, searchTables, splitKeys, tableOfEvent } from './table'

const [all, asana, failures] = searchTables([
  {
    database: 'margay_logs',
    name: 'asana_audit',
    logType: 'Asana.Audit',
    columns: [
      { name: 'gid', type: 'text' },
      { name: 'actor', type: 'json' },
      { name: 'actor.email', type: 'text' },
      { name: 'actor.home', type: 'json' },
      { name: 'actor.home.zipCode', type: 'integer' },
      { name: 'details', type: 'text' },
      { name: 'p_any_emails', type: 'json' },
    ],
  },
  { database: 'margay_monitor', name: 'classification_failures', columns: [{ name: 'error', type: 'text' }] },
  { database: 'margay_views', name: 'all_logs', columns: [{ name: 'p_event_time', type: 'timestamp' }] },
])

it('names tables as SQL does, the view over all first', () => {
  expect([all, asana, failures].map((table) => table?.name)).toEqual(['margay_views.all_logs', 'asana_audit', 'margay_monitor.classification_failures'])
  expect([all, asana, failures].map((table) => table?.label)).toEqual(['All logs', 'Asana.Audit', 'Classification failures'])
})

it('knows structs from lists, and how SQL writes what is within', () => {
  expect(asana?.fields.map(({ name, kind, sql }) => [name, kind, sql])).toEqual([
    ['gid', 'text', 'gid'],
    ['actor', 'struct', 'actor'],
    ['actor.email', 'text', 'actor.email'],
    ['actor.home', 'struct', 'actor.home'],
    ['actor.home.zipCode', 'number', 'actor.home."zipCode"'],
    ['details', 'text', 'details'],
    ['p_any_emails', 'list', 'p_any_emails'],
  ])
})

describe('a value within JSON text', () => {
  it('is a field', () => {
    if (!asana) throw new Error('the table is not there')
    expect(fieldNamed(asana, 'details->new_value->0')).toEqual({ name: 'details->new_value->0', sql: "json_get_text(details, 'new_value', '0')", kind: 'text' })
    expect(fieldNamed(asana, joinKeys('details', ["it's"]))?.sql).toBe("json_get_text(details, 'it''s')")
    expect(fieldNamed(asana, 'actor->email')).toBeUndefined()
    expect(fieldNamed(asana, 'nothing->x')).toBeUndefined()
    expect(fieldNamed(asana, 'nothing')).toBeUndefined()
  })

  it.each([[['a']], [['a b', 'c']], [['"', '->', '\\']], [['a"b->c"d']], [['']], [['x-']], [['ü', '0']]])('keeps its keys %j', (keys) => {
    expect(splitKeys(joinKeys('details', keys))).toEqual(['details', ...keys])
  })
})

it('finds the table that has all of an event', () => {
  const tables = [all, asana, failures].flatMap((table) => table ?? [])
  expect(tableOfEvent(tables, 'margay_views.all_logs', 'Asana.Audit')).toBe(asana)
  expect(tableOfEvent(tables, 'margay_monitor.classification_failures', 'Asana.Audit')).toBe(failures)
  expect(tableOfEvent(tables, '', undefined)).toBeUndefined()
})
