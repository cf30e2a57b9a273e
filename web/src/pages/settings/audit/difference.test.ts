import { expect, it } from 'vitest'
import { differences } from './difference'

it('tells key by key what was added, removed, changed and left', () => {
  const before = { label: 'Asana', pausedAt: null, settings: { url: 'https://a', port: 1 }, tags: ['a', 'b'] }
  const after = { label: 'Asana <b>', settings: { url: 'https://a', retries: 3 }, tags: ['a'], pausedAt: null }
  expect(differences(before, after)).toEqual([
    { path: 'label', kind: 'changed', before: '"Asana"', after: '"Asana <b>"' },
    { path: 'settings.url', kind: 'same', before: '"https://a"', after: '"https://a"' },
    { path: 'settings.retries', kind: 'added', after: '3' },
    { path: 'tags', kind: 'changed', before: '["a","b"]', after: '["a"]' },
    { path: 'pausedAt', kind: 'same', before: 'null', after: 'null' },
    { path: 'settings.port', kind: 'removed', before: '1' },
  ])
})

it('takes what was made for added, and what was deleted for removed', () => {
  expect(differences(null, { a: 1 })).toEqual([{ path: 'a', kind: 'added', after: '1' }])
  expect(differences({ a: 1 }, null)).toEqual([{ path: 'a', kind: 'removed', before: '1' }])
  expect(differences(null, null)).toEqual([])
})

it('tells null from nothing, text from number, and an empty object from none', () => {
  expect(differences({ a: null }, {})).toEqual([{ path: 'a', kind: 'removed', before: 'null' }])
  expect(differences({ a: '1' }, { a: 1 })[0]?.kind).toBe('changed')
  expect(differences({}, { a: {} })).toEqual([{ path: 'a', kind: 'added', after: '{}' }])
})

it('does not call it a change when names come in another order', () => {
  expect(differences({ list: [{ x: 1, y: 2 }] }, { list: [{ y: 2, x: 1 }] })[0]?.kind).toBe('same')
  expect(differences({ list: [1, 2] }, { list: [2, 1] })[0]?.kind).toBe('changed')
})

it('sees a value where an object was', () => {
  expect(differences({ a: { b: 1 } }, { a: 1 })).toEqual([
    { path: 'a', kind: 'added', after: '1' },
    { path: 'a.b', kind: 'removed', before: '1' },
  ])
})
