// What may be written next in a schema: keys, types, indicators, names of time formats. The same names are in docs/schema.json; a test compares them.
import type { CodeCompletion, Complete } from '../../ui/code-editor'

export const TOP_KEYS = ['schema', 'version', 'description', 'referenceURL', 'fieldDiscoveryEnabled', 'parser', 'definitions', 'fields']

export const FIELD_KEYS = [
  'name', 'required', 'description', 'type', 'fields', 'element', 'target', 'indicators', 'timeFormat', 'timeFormats', 'isEventTime', 'isExpiration',
  'isEmbeddedJSON', 'validate', 'rename', 'copy', 'concat', 'split', 'mask',
]

export const TYPES: Record<string, string> = {
  string: 'text',
  smallint: '16 bits',
  int: '32 bits',
  bigint: '64 bits',
  float: 'a number with a fraction',
  boolean: 'true or false',
  timestamp: 'a time',
  array: 'with element',
  object: 'with fields',
  json: 'anything, kept as it is',
  ref: 'a definition, with target',
}

export const INDICATORS = [
  'actor_id', 'aws_account_id', 'aws_arn', 'aws_arn_only', 'aws_instance_id', 'aws_tag', 'domain', 'email', 'hostname', 'ip', 'mac', 'md5',
  'net_addr', 'serial_number', 'sha1', 'sha256', 'trace_id', 'url', 'username',
]

export const TIME_FORMATS = ['rfc3339', 'unix', 'unix_ms', 'unix_us', 'unix_ns', 'unix_auto', 'cloudflare']

/** Lists whose items stand below their key, each on its own line. */
const LISTS: Record<string, readonly CodeCompletion[]> = { indicators: plain(INDICATORS), timeFormats: plain(TIME_FORMATS) }

const VALUES: Record<string, readonly CodeCompletion[]> = {
  type: Object.entries(TYPES).map(([label, detail]) => ({ label, detail })),
  required: plain(['true', 'false']),
  isEventTime: plain(['true', 'false']),
  isExpiration: plain(['true', 'false']),
  isEmbeddedJSON: plain(['true', 'false']),
  fieldDiscoveryEnabled: plain(['true', 'false']),
  timeFormat: LISTS.timeFormats ?? [],
}

export const completeSchema: Complete = (text, offset) => {
  const begin = text.lastIndexOf('\n', offset - 1) + 1
  const line = text.slice(begin, offset)
  const word = /[\w.]*$/.exec(line)?.[0] ?? ''
  const found = { from: offset - word.length }
  const before = line.slice(0, line.length - word.length)

  const inList = /(?:^|[\s{,-])(\w+):\s*\[[^\]]*$/.exec(before)?.[1]
  if (inList) return { ...found, options: LISTS[inList] ?? [] }
  const key = /(?:^|[\s{,-])(\w+):\s+$/.exec(before)?.[1]
  if (key) return { ...found, options: VALUES[key] ?? [] }
  if (/^\s*-\s+$/.test(before)) {
    const list = keyAbove(text.slice(0, begin), indentOf(before))
    return { ...found, options: (list === undefined ? undefined : LISTS[list]) ?? keys(FIELD_KEYS) }
  }
  if (before === '') return { ...found, options: keys(TOP_KEYS) }
  return /^\s+$|[{,]\s*$/.test(before) ? { ...found, options: keys(FIELD_KEYS) } : undefined
}

/** The key that the list belongs to whose items are so far to the right. */
function keyAbove(text: string, indent: number): string | undefined {
  for (const line of text.trimEnd().split('\n').reverse()) {
    if (indentOf(line) > indent || (indentOf(line) === indent && line.trimStart().startsWith('-'))) continue
    return /^\s*(?:-\s+)?(\w+):\s*$/.exec(line)?.[1]
  }
  return undefined
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function plain(labels: readonly string[]): CodeCompletion[] {
  return labels.map((label) => ({ label }))
}

function keys(labels: readonly string[]): CodeCompletion[] {
  return labels.map((label) => ({ label, text: `${label}: ` }))
}
