// One event with everything that it has: as a list of fields, and as a tree.
import type { Column, Row, Value } from './cell'
import { type Json, parseJson, scalarText, writeJson } from '../json'
import { isIndicator, isStandard, joinKeys } from './table'

export interface Entry {
  /** As a filter names it. */
  field: string
  /** What stands there, with every digit. */
  text: string
  /** As the API calls it; `list` is one item of a list. */
  type: 'timestamp' | 'value' | 'list' | 'structure'
}

/** What a place of the tree can be asked for. */
export interface Place {
  /** The field of the table, as a filter names it; undefined where nothing can be asked. */
  field: string | undefined
  /** Whether it is one of the items of a list. */
  isItem: boolean
}

/** The event as one JSON value. Text that holds JSON is unfolded. */
export function eventTree(columns: readonly Column[], row: Row): Json {
  return { kind: 'object', members: columns.map(({ name, type }, index) => [name, valueTree(row[index], type)] as const) }
}

function valueTree(value: Value | undefined, type: string): Json {
  if (value === null || value === undefined) return { kind: 'null' }
  if (typeof value === 'boolean') return { kind: 'boolean', value }
  if (typeof value === 'number') return { kind: 'number', digits: String(value) }
  if ((type === 'integer' || type === 'decimal') && /^-?\d/.test(value)) return { kind: 'number', digits: value }
  if (type === 'json' || looksNested(value)) return parseJson(value) ?? { kind: 'string', value }
  return { kind: 'string', value }
}

function looksNested(value: string): boolean {
  return /^\s*[{[]/.test(value)
}

/** Returns what can be asked at a path of the tree: structs are written with dots, JSON text with arrows, lists as a whole. */
export function placeOf(columns: readonly Column[], path: readonly string[], holder: Json): Place {
  const [first = '', ...keys] = path
  const type = columns.find((column) => column.name === first)?.type
  if (keys.length === 0) return { field: first, isItem: false }
  if (type !== 'json') return { field: joinKeys(first, keys), isItem: false }
  if (holder.kind !== 'array') return { field: [first, ...keys].join('.'), isItem: false }
  return { field: [first, ...keys.slice(0, -1)].join('.'), isItem: true }
}

/** All values, indicators first, then the log type's own fields, then the standard ones. What is null is left out. */
export function eventEntries(columns: readonly Column[], row: Row): Entry[] {
  const tree = eventTree(columns, row)
  if (tree.kind !== 'object') return []
  const entries = tree.members.flatMap(([name, value]) => entriesOf(columns, [name], value))
  const group = (entry: Entry) => (isIndicator({ name: entry.field }) ? 0 : isStandard({ name: entry.field }) ? 2 : 1)
  return entries.toSorted((one, other) => group(one) - group(other))
}

/** Names of fields that the event has no value for. */
export function emptyFields(columns: readonly Column[], row: Row): string[] {
  return columns.filter((_, index) => row[index] === null || row[index] === undefined).map(({ name }) => name)
}

function entriesOf(columns: readonly Column[], path: string[], value: Json, holder: Json = value): Entry[] {
  if (value.kind === 'null') return []
  if (value.kind === 'object') return value.members.flatMap(([key, one]) => entriesOf(columns, [...path, key], one, value))
  if (value.kind === 'array' && value.items.every((item) => scalarText(item) !== undefined)) {
    return value.items.flatMap((item, index) => entriesOf(columns, [...path, String(index)], item, value))
  }
  const { field = path.join('.'), isItem } = placeOf(columns, path, holder)
  if (value.kind === 'array') return [{ field, text: writeJson(value, false), type: 'structure' }]
  const isTime = path.length === 1 && columns.find((column) => column.name === path[0])?.type === 'timestamp'
  return [{ field, text: scalarText(value) ?? '', type: isItem ? 'list' : isTime ? 'timestamp' : 'value' }]
}

/** The indicator columns of an event in which a value stands. */
export function indicatorsOf(columns: readonly Column[], row: Row, value: string): string[] {
  return columns.flatMap(({ name }, index) => {
    if (!isIndicator({ name })) return []
    const list = typeof row[index] === 'string' ? parseJson(row[index]) : undefined
    return list?.kind === 'array' && list.items.some((item) => scalarText(item) === value) ? [name] : []
  })
}

/** Which indicator a value is by its looks, where the whole event is not at hand. */
export function likelyIndicator(field: string, value: string): string | undefined {
  if (isIndicator({ name: field })) return field
  if (/^(?:\d{1,3}\.){3}\d{1,3}$|^(?=.*::|(?:[^:]*:){7})[0-9a-f:]+[\d.]*$/i.test(value)) return 'p_any_ip_addresses'
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return 'p_any_emails'
  if (/^[0-9a-f]{64}$/i.test(value)) return 'p_any_sha256_hashes'
  if (/^[0-9a-f]{40}$/i.test(value)) return 'p_any_sha1_hashes'
  return /^[0-9a-f]{32}$/i.test(value) ? 'p_any_md5_hashes' : undefined
}

const ACTOR_FIELDS = [
  /^(actor|user|principal|identity)[\w.]*email$/i,
  /^(actor|user|principal|identity)[\w.]*(user_?name|login|name)$/i,
  /^(actor|user|principal|identity)[\w.]*id$/i,
]

/** Who did it: the field and its value. */
export function actorOf(entries: readonly Entry[]): Entry | undefined {
  for (const pattern of ACTOR_FIELDS) {
    const found = entries.find((entry) => pattern.test(entry.field))
    if (found) return found
  }
  return entries.find(({ field }) => field === 'p_any_emails' || field === 'p_any_usernames')
}

export function addressOf(entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ field }) => field === 'p_any_ip_addresses')
}
