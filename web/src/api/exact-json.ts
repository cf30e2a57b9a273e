// Answers whose numbers are shown as they were sent: JavaScript rounds whole numbers beyond 2^53, and drops zeros at an end.
import { type Json, parseJson } from '../json'

/** A string that stands for a number: it begins with a character that no vendor has a use for. */
const MARK = '\u0000'
const MARKED = /"\\u0000(-?\d[\d.eE+-]*)"/g

/** Parses JSON. A number that would not be written the same again becomes a string that `printExact` writes as it was. */
export function parseExact(text: string): unknown {
  const json = parseJson(text)
  if (!json) throw new SyntaxError('this is no JSON')
  return plain(json)
}

function plain(json: Json): unknown {
  switch (json.kind) {
    case 'object':
      return Object.fromEntries(json.members.map(([name, value]) => [name, plain(value)]))
    case 'array':
      return json.items.map(plain)
    case 'number':
      return String(Number(json.digits)) === json.digits ? Number(json.digits) : MARK + json.digits
    case 'null':
      return null
    default:
      return json.value
  }
}

/** Writes what `parseExact` has read, over several lines. */
export function printExact(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(MARKED, '$1')
}
