import { expect, it } from 'vitest'
import type { SchemaField } from '../../api/schema'
import { guessesOf, lineOfField } from './guesses'

function field(path: string, type: string, more: Partial<SchemaField> = {}): SchemaField {
  return { path, type, columnType: 'text', indicators: [], isEventTime: false, isRequired: false, ...more }
}

it('tells times, indicators and required fields apart', () => {
  const { eventTimes, otherTimes, withIndicators, required } = guessesOf([
    field('at', 'timestamp', { isEventTime: true, isRequired: true }),
    field('seen', 'timestamp'),
    field('src', 'string', { indicators: ['ip'], isRequired: true }),
  ])
  const paths = (fields: SchemaField[]) => fields.map(({ path }) => path)
  expect([paths(eventTimes), paths(otherTimes), paths(withIndicators), required]).toEqual([['at'], ['seen'], ['src'], 2])
})

const YAML = `schema: Custom.A
fields:
  - name: id
    type: string
  - name: actor
    type: object
    fields:
      - {name: id, type: string}
      - name: "e mail"
        type: string
  - name: tags
    type: array
    element:
      type: object
      fields:
        - name: key # of a tag
          type: string
`

it('finds where a field begins', () => {
  expect(lineOfField(YAML, 'id')).toBe(3)
  expect(lineOfField(YAML, 'actor.id')).toBe(8)
  expect(lineOfField(YAML, 'actor.e mail')).toBe(9)
  expect(lineOfField(YAML, 'tags[].key')).toBe(16)
  expect(lineOfField(YAML, 'actor.nothing')).toBeUndefined()
})
