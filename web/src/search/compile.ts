// Filters become SQL that a person can read, change and run elsewhere. Nothing is asked of the lake that cannot be seen here.
import { type Filter, filterError, parseCidr } from './filter'
import { ALL_LOGS, DEFAULT_DATABASE, type Field, type SearchTable, fieldNamed, isStandard } from './table'
import { likePattern, name as quotedName, number, patternText, text } from './sql-text'
import type { Span } from '../time/range'

/** Enough to look at. The engine finds so many far sooner than all, and the server keeps what it found for ten minutes. */
export const ROWS_FIRST = 1_000
/** The server keeps no more rows of an answer. */
export const ROWS_MAX = 50_000
/** What a row is known by: its event, when it was, and whose table has all of it. */
export const ROW_KEYS = ['p_row_id', 'p_event_time', 'p_log_type'] as const
/** One line that says what an event was, made of what its log type has. */
export const SUMMARY = 'summary'

export interface Sorting {
  field: string
  isDescending: boolean
}

export interface Request {
  table: SearchTable
  /** For the summary over all logs: what each log type has. */
  tables: readonly SearchTable[]
  filters: readonly Filter[]
  columns: readonly string[]
  sorting: Sorting
  span: Span
  limit: number
}

export const NEWEST_FIRST: Sorting = { field: 'p_event_time', isDescending: true }

/** The condition of one filter. The filter has been checked against the field. */
export function condition(filter: Filter, field: Field): string {
  const { operator, values, isInverted } = filter
  const [first = '', second = ''] = values
  if (operator === 'exists') return `${field.sql} is ${isInverted ? '' : 'not '}null`
  if (operator === 'is' && field.kind !== 'list') {
    // A row without a value is not the value either: `<>` would lose it.
    return isInverted ? `${field.sql} is distinct from ${literal(first, field)}` : `${field.sql} = ${literal(first, field)}`
  }
  const positive = field.kind === 'list' ? listCondition(filter, field) : plainCondition(filter, field, first, second)
  return isInverted ? `(${positive}) is not true` : positive
}

function plainCondition({ operator, values }: Filter, field: Field, first: string, second: string): string {
  switch (operator) {
    case 'contains':
      return `${field.sql} ilike ${text(`%${likePattern(first)}%`)}`
    case 'starts':
      return `starts_with(${field.sql}, ${text(first)})`
    case 'in':
      return `${field.sql} in (${values.map((value) => literal(value, field)).join(', ')})`
    case 'between':
      return `${field.sql} between ${literal(first, field)} and ${literal(second, field)}`
    case 'cidr':
      return `regexp_like(${field.sql}, ${text(`^${cidrPattern(first)}$`)})`
    default:
      return `${field.sql} ${operator} ${literal(first, field)}`
  }
}

/** Values of a list are looked at as lines of a text where the engine has no function for lists. */
const LINES = 'chr(10)'

function listCondition({ operator, values }: Filter, field: Field): string {
  const [first = ''] = values
  const lines = `array_to_string(${field.sql}, ${LINES})`
  switch (operator) {
    case 'in':
      return `array_has_any(${field.sql}, make_array(${values.map(text).join(', ')}))`
    case 'contains':
      return `${lines} ilike ${text(`%${likePattern(first)}%`)}`
    case 'starts':
      return `regexp_like(${lines}, ${text(`(?m)^${patternText(first)}`)})`
    case 'cidr':
      return `regexp_like(${lines}, ${text(`(?m)^${cidrPattern(first)}$`)})`
    default:
      return `array_has(${field.sql}, ${text(first)})`
  }
}

function literal(value: string, field: Field): string {
  if (field.kind === 'number') return number(value)
  if (field.kind === 'boolean') return value === 'true' ? 'true' : 'false'
  if (field.kind === 'time') return text(withSeconds(value.trim()))
  return text(value)
}

/** The engine reads no time without seconds. */
function withSeconds(value: string): string {
  return value.replace(/^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2})(?!:)/, '$1:00')
}

const ANY_OCTET = '\\d{1,3}'

/** The addresses of an IPv4 network as a pattern: the engine has no function for networks. */
export function cidrPattern(value: string): string {
  const network = parseCidr(value)
  if (!network) throw new RangeError(`“${value}” is no IPv4 network`)
  return network.octets.map((octet, index) => octetPattern(octet, Math.min(8, Math.max(0, network.bits - 8 * index)))).join('\\.')
}

function octetPattern(octet: number, bits: number): string {
  if (bits === 8) return String(octet)
  if (bits === 0) return ANY_OCTET
  const size = 2 ** (8 - bits)
  const first = octet - (octet % size)
  return `(?:${Array.from({ length: size }, (_, index) => first + index).join('|')})`
}

/** The macros let whole days of files be left closed. */
export function rangeCondition({ from, to }: Span): string {
  return `p_occurs_after(${text(from.toISOString())}) and p_occurs_before(${text(to.toISOString())})`
}

/** All conditions, one a line. */
export function conditions(table: SearchTable, filters: readonly Filter[], span: Span): string[] {
  return [rangeCondition(span), ...filterConditions(table, filters)]
}

/** Paused filters are left out, no others: who asks has looked for `unaskable` ones, as without them rows would look as if they matched. */
function filterConditions(table: SearchTable, filters: readonly Filter[]): string[] {
  return inForce(filters).map((filter) => {
    const field = searchedField(table, filter.field)
    if (!field) throw new RangeError(`there is no field ${filter.field} in ${table.name}`)
    return condition(filter, field)
  })
}

export function inForce(filters: readonly Filter[]): Filter[] {
  return filters.filter(({ isPaused }) => !isPaused)
}

export interface Unaskable {
  filter: Filter
  /** For the person: what is wrong with it. */
  why: string
}

/** Filters in force that cannot be asked of the table: another log type was chosen, or somebody wrote the link by hand. */
export function unaskable(table: SearchTable, filters: readonly Filter[]): Unaskable[] {
  return inForce(filters).flatMap((filter) => {
    const why = filterError(filter, searchedField(table, filter.field))
    return why === undefined ? [] : [{ filter, why }]
  })
}

/** The filters for another table: what cannot be asked of it is paused, so that nothing is lost. */
export function filtersFor(table: SearchTable, filters: readonly Filter[]): Filter[] {
  const wrong = unaskable(table, filters).map(({ filter }) => filter)
  return filters.map((filter) => (wrong.includes(filter) ? { ...filter, isPaused: true } : filter))
}

/** A field of the table, or the summary where all logs are searched. */
export function searchedField(table: SearchTable, name: string): Field | undefined {
  if (name === SUMMARY && table.name === ALL_LOGS) return { name, sql: SUMMARY, kind: 'text' }
  return fieldNamed(table, name)
}

/** The statement that the rows come from. */
export function rowsSql(request: Request): string {
  const { table, filters, columns, sorting, span, limit } = request
  const wanted = [...columns, ...ROW_KEYS.filter((key) => !columns.includes(key))]
  const selected = wanted.flatMap((name) => {
    const field = searchedField(table, name)
    if (!field) return []
    return name.includes('->') ? [`${field.sql} as ${quotedName(name)}`] : [field.sql]
  })
  const sorted = searchedField(table, sorting.field)?.sql ?? 'p_event_time'
  // Events of the same instant keep their order from one run to the next.
  const order = [`${sorted} ${sorting.isDescending ? 'desc' : 'asc'}`, 'p_row_id']
  return [
    `select ${selected.join(', ')}`,
    `from ${source(request)}`,
    `where ${conditions(table, filters, span).join('\n  and ')}`,
    `order by ${order.join(', ')}`,
    `limit ${limit}`,
  ].join('\n')
}

/** The table, or the log types put together where a summary is asked for: only they have what it is made of. */
export function source({ table, tables, filters, columns }: Pick<Request, 'table' | 'tables' | 'filters' | 'columns'>): string {
  const asksSummary = columns.includes(SUMMARY) || filters.some((filter) => filter.field === SUMMARY && !filter.isPaused)
  const logTypes = tables.filter((one) => one.logType !== null)
  if (table.name !== ALL_LOGS || !asksSummary || logTypes.length === 0) return table.name
  const asked = new Set<string>([...ROW_KEYS, 'p_event_date', ...columns, ...filters.filter((filter) => !filter.isPaused).map((filter) => filter.field)])
  const standard = table.fields.filter(({ name }) => asked.has(name))
  const part = (one: SearchTable) => {
    const has = (name: string) => one.fields.some((field) => field.name === name)
    // Only the view knows the database's name by itself.
    const selected = standard.map(({ name, sql }) => (has(name) ? sql : `${text(DEFAULT_DATABASE)} as ${sql}`))
    return `  select ${[...selected, `${summarySql(one)} as ${SUMMARY}`].join(', ')} from ${one.name}`
  }
  return `(\n${logTypes.map(part).join('\n  union all\n')}\n)`
}

/** What tells most of an event, in this order; one field for each. */
const TELLING = [/(^|\.)(event_?(type|name)|action|operation|activity|command)$/i, /^(actor|user|principal|identity)[\w.]*(email|user_?name|login)$/i, /(^|\.)(client_ip\w*|source_ip\w*|ip_?address|ip)$/i, /^(resource|target|object)[\w.]*name$/i, /(^|\.)(message|outcome|status|result)$/i]

/** The fields that a log type's events are told by. */
export function tellingFields(table: SearchTable): Field[] {
  const own = table.fields.filter((field) => field.kind === 'text' && !isStandard(field))
  const found = TELLING.flatMap((pattern) => own.find((field) => pattern.test(field.name)) ?? [])
  return found.length > 0 ? [...new Set(found)] : own.slice(0, 3)
}

function summarySql(table: SearchTable): string {
  const fields = tellingFields(table)
  return fields.length === 0 ? "''" : `concat_ws(' · ', ${fields.map((field) => field.sql).join(', ')})`
}

/** The columns that a table begins with. */
export function defaultColumns(table: SearchTable): string[] {
  if (table.name === ALL_LOGS) return ['p_event_time', 'p_log_type', 'p_source_label', SUMMARY]
  return ['p_event_time', ...tellingFields(table).map((field) => field.name)]
}

/** What is counted: all that matches, however much of it is looked at. */
export type Counted = Omit<Request, 'columns' | 'sorting' | 'limit'>

export interface BarsRequest extends Counted {
  /** What the bars are stacked by. */
  by: string | undefined
  stepMs: number
  origin: Date
}

/** Counts for each bar. */
export function barsSql({ by, stepMs, origin, ...request }: BarsRequest): string {
  const { table, tables, filters, span } = request
  const field = by === undefined ? undefined : searchedField(table, by)
  const from = source({ table, tables, filters, columns: field ? [field.name] : [] })
  return bars(from, 'p_event_time', field?.sql, conditions(table, filters, span), stepMs, origin)
}

/** Counts for each bar, of the rows of any statement that has a column with a time. */
export function barsOfStatement(statement: string, timeColumn: string, by: string | undefined, span: Span, stepMs: number, origin: Date): string {
  const time = quotedName(timeColumn)
  const within = [`${time} >= ${text(span.from.toISOString())}`, `${time} < ${text(span.to.toISOString())}`]
  return bars(`(\n${statement}\n) as found`, time, by === undefined ? undefined : quotedName(by), within, stepMs, origin)
}

/** So many values of a field have bars of their own; the rest are one. */
export const PARTS_SHOWN = 6

/** The most frequent parts are found here: all of them might be more rows than the server keeps, and the bars would lack what was cut. */
function bars(from: string, time: string, by: string | undefined, where: readonly string[], stepMs: number, origin: Date): string {
  const bin = `date_bin(interval '${stepMs} milliseconds', ${time}, timestamp ${text(origin.toISOString())}) as bar`
  const tail = `from ${from}\nwhere ${where.join('\n  and ')}`
  if (by === undefined) return `select ${bin}, count(*) as n\n${tail}\ngroup by 1`
  return [
    `select bar, case when place <= ${PARTS_SHOWN} then part end as part, place > ${PARTS_SHOWN} as is_rest, sum(n) as n`,
    'from (',
    'select bar, part, n, dense_rank() over (order by total desc, part) as place',
    'from (',
    'select bar, part, n, sum(n) over (partition by part) as total',
    'from (',
    `select ${bin}, cast(${by} as varchar) as part, count(*) as n\n${tail}\ngroup by 1, 2`,
    ') as counted',
    ') as summed',
    ') as ranked',
    'group by 1, 2, 3',
  ].join('\n')
}

/** The most frequent values of a field, with how often, when first and when last. */
export function valuesSql(request: Counted, fieldName: string, count: number): string {
  const { table, tables, filters, span } = request
  const field = searchedField(table, fieldName)
  const from = source({ table, tables, filters, columns: [fieldName] })
  const where = conditions(table, filters, span).join('\n  and ')
  const tail = `group by 1\norder by n desc, 1\nlimit ${count}`
  const counted = 'count(*) as n, min(p_event_time) as first_seen, max(p_event_time) as last_seen'
  if (field?.kind === 'list') {
    const inner = `select unnest(${field.sql}) as value, p_event_time from ${from} where ${where}`
    return `select value, ${counted}\nfrom (\n${inner}\n)\n${tail}`
  }
  return `select ${field?.sql ?? 'null'} as value, ${counted}\nfrom ${from}\nwhere ${where}\n${tail}`
}

/** All of one event. The time says which day's files have it. */
export function eventSql(table: SearchTable, rowId: string, at: string | undefined): string {
  const near = at === undefined ? [] : [`p_occurs_around(${text(at)}, '1 s')`]
  return `select *\nfrom ${table.name}\nwhere ${[...near, `p_row_id = ${text(rowId)}`].join(' and ')}\nlimit 1`
}

/** When the newest event was that the filters let through, whenever that is. */
export function newestSql(request: Pick<Request, 'table' | 'tables' | 'filters'>): string {
  const { table, tables, filters } = request
  const own = filterConditions(table, filters)
  const where = own.length > 0 ? `\nwhere ${own.join('\n  and ')}` : ''
  return `select max(p_event_time) as newest\nfrom ${source({ table, tables, filters, columns: [] })}${where}`
}
