// JSON whose numbers are shown as they were sent: JavaScript rounds whole numbers beyond 2^53, and drops zeros at an end.

/** A string or a number of a JSON text. Strings are matched so that digits within them are not. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
/** A string that stands for a number: it begins with a character that no vendor has a use for. */
const MARKED = /"\\u0000(-?\d[\d.eE+-]*)"/g

/** Parses JSON. A number that would not be written the same again becomes a string that `printExact` writes as it was. */
export function parseExact(text: string): unknown {
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') || String(Number(token)) === token ? token : `"\\u0000${token}"`))
  return JSON.parse(marked) as unknown
}

/** Writes what `parseExact` has read, over several lines. */
export function printExact(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(MARKED, '$1')
}
