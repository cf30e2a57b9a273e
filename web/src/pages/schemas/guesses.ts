// What was guessed when a schema was inferred, in the order in which a person should look at it.
import type { SchemaField } from '../../api/schema'

export interface Guesses {
  /** Of which the first that a record has is the time of the event. */
  eventTimes: SchemaField[]
  otherTimes: SchemaField[]
  withIndicators: SchemaField[]
  required: number
}

export function guessesOf(fields: readonly SchemaField[]): Guesses {
  const times = fields.filter(({ type }) => type === 'timestamp')
  return {
    eventTimes: times.filter(({ isEventTime }) => isEventTime),
    otherTimes: times.filter(({ isEventTime }) => !isEventTime),
    withIndicators: fields.filter(({ indicators }) => indicators.length > 0),
    required: fields.filter(({ isRequired }) => isRequired).length,
  }
}

/** Returns the line in which a field begins, or undefined: the text may be written in another way than usual. */
export function lineOfField(yaml: string, path: string): number | undefined {
  const lines = yaml.split('\n')
  let found: number | undefined
  for (const name of path.replaceAll('[]', '').split('.')) {
    const index = lines.findIndex((line, at) => at >= (found ?? 0) && nameOf(line) === name)
    if (index === -1) return undefined
    found = index + 1
  }
  return found
}

function nameOf(line: string): string | undefined {
  return /^\s*(?:-\s*)?\{?\s*name:\s*["']?([^"',}]+?)["']?\s*(?:[,}#].*)?$/.exec(line)?.[1]
}
