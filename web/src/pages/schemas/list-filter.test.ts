import { expect, it } from 'vitest'
import type { SchemaSummary } from '../../api/schema'
import { type SchemaFilter, filtered } from './list-filter'

function schema(name: string, more: Partial<SchemaSummary> = {}): SchemaSummary {
  return { name, kind: 'custom', state: 'active', table: name.toLowerCase().replaceAll('.', '_'), sourceCount: 0, version: 1, ...more }
}

const SCHEMAS = [
  schema('Custom.Portal', { description: 'Who signed in' }),
  schema('Asana.Audit', { kind: 'built_in' }),
  schema('Custom.Old', { state: 'archived' }),
]

const names = (filter: SchemaFilter) => filtered(SCHEMAS, filter).map(({ name }) => name)

it('orders by name', () => {
  expect(names({})).toEqual(['Asana.Audit', 'Custom.Old', 'Custom.Portal'])
})

it('looks for all words in name, description, table, kind and state', () => {
  expect(names({ q: 'SIGNED who' })).toEqual(['Custom.Portal'])
  expect(names({ q: 'asana_audit' })).toEqual(['Asana.Audit'])
  expect(names({ q: 'archived' })).toEqual(['Custom.Old'])
  expect(names({ q: 'signed old' })).toEqual([])
})

it('narrows by kind and state', () => {
  expect(names({ kind: 'custom', state: 'active' })).toEqual(['Custom.Portal'])
  expect(names({ kind: 'built_in' })).toEqual(['Asana.Audit'])
})
