import { expect, it } from 'vitest'
import type { SchemaField } from '../../api/schema'
import { type FieldNode, countFields, filterTree, rowsOf, treeOf } from './field-tree'

function field(path: string, type: string, more: Partial<SchemaField> = {}): SchemaField {
  return { path, type, columnType: 'text', indicators: [], isEventTime: false, isRequired: false, ...more }
}

const FIELDS = [
  field('gid', 'string'),
  field('actor', 'object'),
  field('actor.email', 'string', { indicators: ['email'] }),
  field('actor.home', 'object'),
  field('actor.home.city', 'string', { description: 'Where they live' }),
  field('tags', 'array'),
  field('tags[].key', 'string'),
  field('grid', 'array'),
  field('grid[][].x', 'int'),
  field('context', 'json'),
]

/** A tree as text: `actor(email,home(city))`. */
function written(nodes: readonly FieldNode[]): string {
  return nodes.map(({ name, children }) => (children.length > 0 ? `${name}(${written(children)})` : name)).join(',')
}

it('puts fields into what they are in, arrays of arrays too', () => {
  expect(written(treeOf(FIELDS))).toBe('gid,actor(email,home(city)),tags(key),grid(x),context')
})

it('takes a dot in the name of a field for a part of it', () => {
  expect(written(treeOf([field('a', 'string'), field('a.b', 'string'), field('a.b.c', 'int')]))).toBe('a,a.b,a.b.c')
})

it('does not mistake a longer name for a field within', () => {
  expect(written(treeOf([field('user', 'object'), field('user.id', 'int'), field('user_id', 'int')]))).toBe('user(id),user_id')
})

it('keeps what is found with what it is in', () => {
  const tree = treeOf(FIELDS)
  expect(written(filterTree(tree, 'city'))).toBe('actor(home(city))')
  expect(written(filterTree(tree, 'EMAIL'))).toBe('actor(email)')
  expect(written(filterTree(tree, 'home live'))).toBe('actor(home(city))')
  expect(written(filterTree(tree, 'home'))).toBe('actor(home(city))')
  expect(written(filterTree(tree, 'nothing'))).toBe('')
  expect(written(filterTree(tree, '  '))).toBe(written(tree))
})

it('shows rows with their depth, without those in closed fields', () => {
  const shown = (closed: string[]) => rowsOf(treeOf(FIELDS), new Set(closed)).map(({ node, depth }) => `${depth}${node.name}`)
  expect(shown([])).toEqual(['0gid', '0actor', '1email', '1home', '2city', '0tags', '1key', '0grid', '1x', '0context'])
  expect(shown(['actor', 'grid'])).toEqual(['0gid', '0actor', '0tags', '1key', '0grid', '0context'])
})

it('counts all fields', () => {
  expect(countFields(treeOf(FIELDS))).toBe(FIELDS.length)
})
