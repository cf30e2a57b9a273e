// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { searchTables } from '../../search/table'
import { type Target, filterOf } from './value-menu'

const [table] = searchTables([
  {
    database: 'margay_logs',
    name: 'asana_audit',
    logType: 'Asana.Audit',
    columns: [
      { name: 'actor', type: 'json' },
      { name: 'actor.email', type: 'text' },
      { name: 'count', type: 'integer' },
      { name: 'details', type: 'text' },
    ],
  },
])

it.each<[string, Target, unknown]>([
  ['a value', { field: 'actor.email', value: 'a' }, { field: 'actor.email', operator: 'is', values: ['a'] }],
  ['an empty text', { field: 'actor.email', value: '' }, { field: 'actor.email', operator: 'is', values: [''] }],
  ['no value', { field: 'actor.email', value: '', isNull: true }, { field: 'actor.email', operator: 'exists', values: [], isInverted: true }],
  ['a 64-bit number', { field: 'count', value: '9223372036854775807' }, { field: 'count', operator: 'is', values: ['9223372036854775807'] }],
  ['a value within JSON text', { field: 'details->level', value: '9007199254740993' }, { field: 'details->level', operator: 'is', values: ['9007199254740993'] }],
  ['a group of fields', { field: 'actor', value: '{}', isStructure: true }, { field: 'actor', operator: 'exists', values: [] }],
  ['what is no number', { field: 'count', value: 'NaN' }, undefined],
  ['a field that the table has not', { field: 'nothing', value: 'a' }, undefined],
  ['no field', { field: undefined, value: 'a' }, undefined],
])('the filter for %s', (_, target, expected) => {
  expect(filterOf(target, table)).toEqual(expected)
})
