// Values of rows as text. What arrives is JSON: 64-bit numbers and decimals are texts of digits already, and are shown digit by digit.
import { type Zone, formatInstant, formatWithOffset, hasOneOffset, offsetLabel, zoneLabel } from '../time/zone'
import { parseJson, scalarText } from '../json'

export type Value = string | number | boolean | null

export interface Column {
  name: string
  /** As the API calls it: `text`, `integer`, `timestamp`, `json` … */
  type: string
}

export type Row = readonly Value[]

export function isNumeric(type: string): boolean {
  return type === 'integer' || type === 'float' || type === 'decimal'
}

/** A longer text is cut in a cell; the drawer has all of it. */
const CELL_CHARACTERS_MAX = 300

/** A value in a cell: one line, cut where it is too long. */
export function cellText(value: Value | undefined, type: string, zone: Zone): string {
  const whole = wholeText(value, type, zone)
  const line = (whole.length > CELL_CHARACTERS_MAX ? `${whole.slice(0, CELL_CHARACTERS_MAX)}…` : whole).replace(/\s+/g, ' ')
  return line
}

/** How the times of a column tell their offset: once above them, or each its own where the clocks were changed among them. */
export interface Offsets {
  above: string
  isInCells: boolean
}

/** Undefined where there is no time among the values. */
export function offsetsOf(rows: readonly Row[], index: number, zone: Zone): Offsets | undefined {
  let [first, last] = [Infinity, -Infinity]
  for (const row of rows) {
    const at = typeof row[index] === 'string' ? Date.parse(row[index]) : NaN
    if (at < first) first = at
    if (at > last) last = at
  }
  if (first > last) return undefined
  const [from, to] = [new Date(first), new Date(last)]
  return { above: zoneLabel(from, to, zone), isInCells: !hasOneOffset(from, to, zone) }
}

/** A time with the offset that the clocks had then. */
export function offsetText(value: Value | undefined, zone: Zone): string {
  const at = typeof value === 'string' ? new Date(value) : undefined
  return at === undefined || Number.isNaN(at.getTime()) ? '' : offsetLabel(at, zone)
}

/** All of a value, for people. Nothing for null. */
export function wholeText(value: Value | undefined, type: string, zone: Zone): string {
  if (value === null || value === undefined) return ''
  if (type === 'timestamp') return instantText(String(value), zone)
  if (type === 'json') return listItems(value)?.join(', ') ?? String(value)
  return String(value)
}

/** The items of a list of plain values; undefined for anything else. */
export function listItems(value: Value | undefined): string[] | undefined {
  if (typeof value !== 'string' || !value.startsWith('[')) return undefined
  const list = parseJson(value)
  if (list?.kind !== 'array') return undefined
  const items = list.items.map(scalarText)
  return items.every((item) => item !== undefined) ? items : undefined
}

/** Milliseconds, and more where the time has more. */
export function instantText(value: string, zone: Zone): string {
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return value
  return formatInstant(at, zone, 'millisecond') + (/\.\d{3}(\d+)/.exec(value)?.[1] ?? '')
}

/** As it is copied and exported: times carry their offset. */
export function copiedText(value: Value | undefined, type: string, zone: Zone): string {
  if (value === null || value === undefined) return ''
  if (type !== 'timestamp') return String(value)
  const text = String(value)
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) return text
  const finer = /\.\d{3}(\d+)/.exec(text)?.[1] ?? ''
  return formatWithOffset(at, zone).replace(/(\.\d{3})/, `$1${finer}`)
}

/** What a spreadsheet takes for a formula. Values of events are of strangers. */
const FORMULA = /^[=+\-@\t\r\n]/
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** One record of CSV (RFC 4180), without its end of line. What could be a formula begins with an apostrophe, which makes it a text. */
export function csvRecord(fields: readonly string[]): string {
  const plain = fields.map((field) => (FORMULA.test(field) && !PLAIN_NUMBER.test(field) ? `'${field}` : field))
  return plain.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
}

/** One JSON object: numbers with all their digits, nested values as they are, times with their offset. */
export function jsonRecord(columns: readonly Column[], row: Row, zone: Zone): string {
  const members = columns.map(({ name, type }, index) => `${JSON.stringify(name)}:${jsonValue(row[index], type, zone)}`)
  return `{${members.join(',')}}`
}

const DIGITS = /^-?\d+(?:\.\d+)?$/

function jsonValue(value: Value | undefined, type: string, zone: Zone): string {
  if (value === null || value === undefined) return 'null'
  if (type === 'integer' || type === 'decimal') return DIGITS.test(String(value)) ? String(value) : JSON.stringify(value)
  if (type === 'json') return typeof value === 'string' && parseJson(value) ? value : JSON.stringify(value)
  if (type === 'timestamp') return JSON.stringify(copiedText(value, type, zone))
  return JSON.stringify(value)
}
