import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FIELD_KEYS, INDICATORS, TIME_FORMATS, TOP_KEYS, TYPES, completeSchema } from './completion'

/** What is offered where `|` stands in the text. */
function offered(text: string): string[] | undefined {
  return completeSchema(text.replace('|', ''), text.indexOf('|'))?.options.map(({ label }) => label)
}

it('has the names of the language', () => {
  const language = JSON.parse(readFileSync(new URL('../../../../docs/schema.json', import.meta.url), 'utf8')) as any
  expect(TOP_KEYS).toEqual(Object.keys(language.properties))
  expect(FIELD_KEYS).toEqual(Object.keys(language.definitions.field.properties))
  expect(Object.keys(TYPES)).toEqual(language.definitions.type.enum)
  expect(INDICATORS).toEqual(language.definitions.indicators.items.enum)
  expect(TIME_FORMATS).toEqual(language.definitions.timeFormat.anyOf[0].enum)
})

it('offers keys where a key may stand', () => {
  expect(offered('sch|')).toEqual(TOP_KEYS)
  expect(offered('fields:\n  - |')).toEqual(FIELD_KEYS)
  expect(offered('fields:\n  - name: a\n    ty|')).toEqual(FIELD_KEYS)
  expect(offered('fields:\n  - {name: a, ty|')).toEqual(FIELD_KEYS)
})

it('offers values of a key', () => {
  expect(offered('fields:\n  - name: a\n    type: str|')).toEqual(Object.keys(TYPES))
  expect(offered('fields:\n  - {name: a, type: |')).toEqual(Object.keys(TYPES))
  expect(offered('    timeFormat: un|')).toEqual(TIME_FORMATS)
})

it('offers items of a list, in both ways of writing one', () => {
  expect(offered('    indicators: [ip, |')).toEqual(INDICATORS)
  expect(offered('    indicators:\n      - ip\n      - us|')).toEqual(INDICATORS)
  expect(offered('  - name: a\n    indicators:\n    - |')).toEqual(INDICATORS)
})

it('offers nothing in texts', () => {
  expect(offered('description: typ|')).toEqual([])
  expect(offered('description: what type of|')).toBeUndefined()
})

it('replaces the word that was begun', () => {
  expect(completeSchema('    type: str', 13)?.from).toBe(10)
})
