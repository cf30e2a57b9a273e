// The tables of the lake as the search sees them: which fields there are, and what can be asked of each.
import { path as sqlPath, text } from './sql-text'

/** A table as the API describes it. */
export interface TableDescription {
  database: string
  name: string
  logType?: string | null
  columns: ReadonlyArray<{ name: string; type: string }>
}

export type FieldKind = 'text' | 'number' | 'boolean' | 'time' | 'list' | 'struct'

export interface Field {
  /** As people write it: `actor.email`; a value within JSON text is `details->new_value`. */
  name: string
  /** As SQL writes it. */
  sql: string
  kind: FieldKind
}

export interface SearchTable {
  /** As SQL and the URL write it. */
  name: string
  /** As people call it: the log type. */
  label: string
  logType: string | null
  fields: readonly Field[]
}

/** The view that unites the standard fields of all log types. */
export const ALL_LOGS = 'margay_views.all_logs'
/** The database whose tables are named without it. */
export const DEFAULT_DATABASE = 'margay_logs'

/** A day is shown as a text, and asked for as a time. */
const DAY = 'p_event_date'

const KINDS: Record<string, FieldKind> = {
  integer: 'number',
  float: 'number',
  decimal: 'number',
  boolean: 'boolean',
  timestamp: 'time',
  text: 'text',
  null: 'text',
}

/** Reads the API's tables; those of log types come first, by name. */
export function searchTables(described: readonly TableDescription[]): SearchTable[] {
  const tables = described.map((one): SearchTable => {
    const prefix = one.database === DEFAULT_DATABASE ? [] : [one.database]
    return {
      name: sqlPath([...prefix, one.name]),
      label: labelOf(one),
      logType: one.logType ?? null,
      fields: fieldsOf(one.columns),
    }
  })
  return tables.toSorted((one, other) => rank(one) - rank(other) || one.label.localeCompare(other.label))
}

function labelOf({ database, name, logType }: TableDescription): string {
  if (logType) return logType
  if (name === 'all_logs') return 'All logs'
  return name === 'classification_failures' ? 'Classification failures' : `${database}.${name}`
}

function rank({ name, logType }: SearchTable): number {
  if (name === ALL_LOGS) return 0
  return logType ? 1 : 2
}

/** A struct is followed by its fields, a list is not; both are JSON where values are read. */
function fieldsOf(columns: TableDescription['columns']): Field[] {
  const parents: Array<{ name: string; segments: string[] }> = []
  return columns.map(({ name, type }, index) => {
    while (parents.length > 0 && !name.startsWith(`${parents.at(-1)?.name}.`)) parents.pop()
    const parent = parents.at(-1)
    const segments = parent ? [...parent.segments, name.slice(parent.name.length + 1)] : [name]
    const isStruct = type === 'json' && (columns[index + 1]?.name.startsWith(`${name}.`) ?? false)
    if (isStruct) parents.push({ name, segments })
    const kind = isStruct ? 'struct' : type === 'json' ? 'list' : name === DAY ? 'time' : (KINDS[type] ?? 'text')
    return { name, sql: sqlPath(segments), kind }
  })
}

/** Returns the field of this name, which may lead into the JSON text of a column. */
export function fieldNamed(table: SearchTable, name: string): Field | undefined {
  const column = table.fields.find((field) => field.name === name)
  if (column) return column
  const [first = '', ...keys] = splitKeys(name)
  const holder = table.fields.find((field) => field.name === first)
  if (!holder || holder.kind !== 'text' || keys.length === 0) return undefined
  return { name, sql: `json_get_text(${[holder.sql, ...keys.map(text)].join(', ')})`, kind: 'text' }
}

/** `details` and `['new value', 'level']` to `details->"new value"->level`. */
export function joinKeys(column: string, keys: readonly string[]): string {
  return [column, ...keys.map((key) => (/^[\w-]+$/.test(key) && !key.endsWith('-') ? key : quotedKey(key)))].join('->')
}

/** A quoted key has no quotes within, so that they can be paired. */
function quotedKey(key: string): string {
  return `"${JSON.stringify(key).slice(1, -1).replace(/\\(.)/g, (pair, letter) => (letter === '"' ? '\\u0022' : pair))}"`
}

const ARROW_OUTSIDE_QUOTES = /->(?=(?:[^"]*"[^"]*")*[^"]*$)/

/** The other way round: the column, then the keys. */
export function splitKeys(name: string): string[] {
  const [column = '', ...keys] = name.split(ARROW_OUTSIDE_QUOTES)
  return [column, ...keys.map((key) => (key.startsWith('"') ? unquoted(key) : key))]
}

function unquoted(key: string): string {
  try {
    return String(JSON.parse(key))
  } catch {
    return key
  }
}

export function isIndicator(field: { name: string }): boolean {
  return field.name.startsWith('p_any_')
}

export function isStandard(field: { name: string }): boolean {
  return field.name.startsWith('p_')
}

/** Returns the table that has all of an event, given where a row was found. */
export function tableOfEvent(tables: readonly SearchTable[], searched: string, logType: string | undefined): SearchTable | undefined {
  if (searched !== ALL_LOGS && searched !== '') return tables.find((table) => table.name === searched)
  return tables.find((table) => table.logType === logType && logType !== undefined)
}
