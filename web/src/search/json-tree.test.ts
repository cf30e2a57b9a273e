import { describe, expect, it } from 'vitest'
import { type Json, parseJson } from '../json'
import { foldable, pathKey, pathText, treeLines } from './json-tree'

function parsed(value: unknown): Json {
  const json = parseJson(JSON.stringify(value))
  if (!json) throw new Error('that is no JSON')
  return json
}

const OPEN = { folded: new Set<string>(), whole: new Set<string>() }
const root = parsed({ actor: { email: 'a@b.example', teams: [{ name: 'Pilots' }] }, gid: '1210000000000005', empty: {} })
const shown = (lines: ReturnType<typeof treeLines>) => lines.map((line) => pathText(line.path, root))

it('shows everything that is not folded', () => {
  expect(shown(treeLines(root, OPEN))).toEqual(['actor', 'actor.email', 'actor.teams', 'actor.teams[0]', 'actor.teams[0].name', 'gid', 'empty'])
  expect(shown(treeLines(root, { ...OPEN, folded: new Set([pathKey(['actor'])]) }))).toEqual(['actor', 'gid', 'empty'])
  expect(foldable(root)).toEqual([['actor'], ['actor', 'teams'], ['actor', 'teams', '0'], ['empty']].map(pathKey))
})

describe('searching', () => {
  it('leaves what leads to it, by value or name, folded or not', () => {
    const folded = new Set([pathKey(['actor'])])
    expect(shown(treeLines(root, { ...OPEN, folded }, 'pilots'))).toEqual(['actor', 'actor.teams', 'actor.teams[0]', 'actor.teams[0].name'])
    expect(shown(treeLines(root, OPEN, '000005'))).toEqual(['gid'])
    expect(shown(treeLines(root, OPEN, 'EMAIL'))).toEqual(['actor', 'actor.email'])
    expect(shown(treeLines(root, OPEN, 'nothing like it'))).toEqual([])
  })
})

it('folds long arrays at 20', () => {
  const list = parsed({ items: Array.from({ length: 55 }, (_, index) => index) })
  const lines = treeLines(list, OPEN)
  expect(lines).toHaveLength(1 + 20 + 1)
  expect(lines.at(-1)).toMatchObject({ hiddenCount: 35, path: ['items'] })
  expect(treeLines(list, { ...OPEN, whole: new Set([pathKey(['items'])]) })).toHaveLength(1 + 55)
})

it('writes paths that can be pasted', () => {
  const odd = parsed({ 'a b': [{ 'c"d': 1 }] })
  expect(pathText(['a b', '0', 'c"d'], odd)).toBe('["a b"][0]["c\\"d"]')
})
