// The keys at the top of a schema's text that are one line of text: read from it, and written back without touching the rest.

export type HeaderKey = 'schema' | 'description' | 'referenceURL'

/** In the order in which they stand in a text. */
const ORDER: readonly HeaderKey[] = ['schema', 'description', 'referenceURL']

/** Returns the value of a key, `''` if it is not there, or undefined if it is written in a way that one line cannot show. */
export function readHeader(yaml: string, key: HeaderKey): string | undefined {
  const lines = yaml.split('\n')
  const index = lineOf(lines, key)
  const line = lines[index]
  if (line === undefined) return ''
  if (/^\s+\S/.test(lines[index + 1] ?? '')) return undefined
  return scalar(line.slice(key.length + 1).trim())
}

/** Returns the text with another value; without the key if the value is empty. */
export function writeHeader(yaml: string, key: HeaderKey, value: string): string {
  const lines = yaml.split('\n')
  const index = lineOf(lines, key)
  const line = value === '' ? [] : [`${key}: ${written(value)}`]
  if (index < lines.length) lines.splice(index, 1, ...line)
  else lines.splice(placeOf(lines, key), 0, ...line)
  return lines.join('\n')
}

/** The index of its line, or the number of lines. */
function lineOf(lines: readonly string[], key: HeaderKey): number {
  const index = lines.findIndex((line) => line.startsWith(`${key}:`) && /^(\s|$)/.test(line.slice(key.length + 1)))
  return index === -1 ? lines.length : index
}

/** After the keys that come before it; the name stands below the comments at the top. */
function placeOf(lines: readonly string[], key: HeaderKey): number {
  const before = ORDER.slice(0, ORDER.indexOf(key)).map((one) => lineOf(lines, one)).filter((index) => index < lines.length)
  if (before.length > 0) return Math.max(...before) + 1
  const first = lines.findIndex((line) => !line.startsWith('#'))
  return first === -1 ? lines.length : first
}

function scalar(text: string): string | undefined {
  if (text.startsWith('"')) {
    const quoted = /^("(?:[^"\\]|\\.)*")\s*(#.*)?$/.exec(text)?.[1]
    return quoted === undefined ? undefined : unquoted(quoted)
  }
  if (text.startsWith("'")) return /^'((?:[^']|'')*)'\s*(#.*)?$/.exec(text)?.[1]?.replaceAll("''", "'")
  // Blocks, anchors, aliases, collections: more than a line of text.
  if (/^[|>&*[{!]/.test(text)) return undefined
  return text.replace(/(^|\s+)#.*$/, '')
}

function unquoted(text: string): string | undefined {
  try {
    return String(JSON.parse(text))
  } catch {
    // YAML knows more escapes than JSON.
    return undefined
  }
}

const PLAIN = /^[A-Za-z][\w.,()/-]*( [\w.,()/-]+)*$/
/** What YAML takes for something else than text. */
const OTHER = /^(true|false|yes|no|on|off|null)$/i

function written(value: string): string {
  return PLAIN.test(value) && !OTHER.test(value) ? value : JSON.stringify(value)
}
