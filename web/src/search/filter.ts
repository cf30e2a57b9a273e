// One condition of a search, and how it is written in the URL:
// `asana_audit: event_type is "user_login_failed" and not actor.email in ["a@b.example", "c@d.example"] and off gid exists`.
import type { Field, FieldKind } from './table'
import { isNumber } from './sql-text'

export type Operator = 'is' | 'contains' | 'starts' | 'in' | 'exists' | '>' | '<' | 'between' | 'cidr'

export interface Filter {
  field: string
  operator: Operator
  /** None for `exists`, two for `between`, any number for `in`, else one. */
  values: readonly string[]
  isInverted?: boolean
  isPaused?: boolean
}

export interface FilterQuery {
  table: string
  filters: readonly Filter[]
}

interface OperatorText {
  label: string
  inverted: string
}

export const OPERATOR_TEXTS: Record<Operator, OperatorText> = {
  is: { label: 'is', inverted: 'is not' },
  contains: { label: 'contains', inverted: 'does not contain' },
  starts: { label: 'starts with', inverted: 'does not start with' },
  in: { label: 'is one of', inverted: 'is none of' },
  exists: { label: 'exists', inverted: 'does not exist' },
  '>': { label: '>', inverted: 'is not >' },
  '<': { label: '<', inverted: 'is not <' },
  between: { label: 'is between', inverted: 'is not between' },
  cidr: { label: 'is in CIDR', inverted: 'is not in CIDR' },
}

const OPERATORS: Record<FieldKind, readonly Operator[]> = {
  text: ['is', 'contains', 'starts', 'in', 'exists', 'cidr', '>', '<', 'between'],
  list: ['is', 'contains', 'starts', 'in', 'exists', 'cidr'],
  number: ['is', '>', '<', 'between', 'in', 'exists'],
  time: ['>', '<', 'between', 'is', 'exists'],
  boolean: ['is', 'exists'],
  struct: ['exists'],
}

export function operatorsFor(kind: FieldKind): readonly Operator[] {
  return OPERATORS[kind]
}

const LIST_TEXTS: Partial<Record<Operator, OperatorText>> = {
  is: { label: 'has', inverted: 'has not' },
  in: { label: 'has one of', inverted: 'has none of' },
}

/** What the operator is called for a field: a list is not its values, it has them. */
export function operatorText(operator: Operator, kind: FieldKind | undefined, isInverted: boolean): string {
  const texts = (kind === 'list' ? LIST_TEXTS[operator] : undefined) ?? OPERATOR_TEXTS[operator]
  return isInverted ? texts.inverted : texts.label
}

const IPV4_RANGE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/

/** The octets and the length of an IPv4 network, or undefined if it is none. */
export function parseCidr(value: string): { octets: number[]; bits: number } | undefined {
  const match = IPV4_RANGE.exec(value.trim())
  if (!match) return undefined
  const numbers = match.slice(1).map(Number)
  const bits = numbers.pop() ?? 0
  return bits <= 32 && numbers.every((octet) => octet <= 255) ? { octets: numbers, bits } : undefined
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

/** What is wrong with a filter, for the person who makes it; undefined if nothing is. */
export function filterError(filter: Filter, field: Field | undefined): string | undefined {
  const { operator, values } = filter
  if (!field) return `There is no field “${filter.field}” in this log type.`
  if (!operatorsFor(field.kind).includes(operator)) return `${field.name} cannot be asked that.`
  if (operator === 'exists') return undefined
  if (operator === 'in' && values.length === 0) return 'Enter one value or more.'
  if (operator === 'between' && values.length !== 2) return 'Enter two values.'
  if (operator !== 'in' && operator !== 'is' && values.some((value) => value.trim() === '')) return 'Enter a value.'
  if (operator === 'cidr') return parseCidr(values[0] ?? '') ? undefined : 'Write an IPv4 network such as 10.0.0.0/8.'
  if (field.kind === 'number' && !values.every(isNumber)) return 'Enter a number.'
  if (field.kind === 'time' && !values.every((value) => TIME.test(value.trim())))
    return 'Write a time such as 2026-11-23 18:00, in UTC unless it has an offset.'
  if (field.kind === 'boolean' && !values.every((value) => value === 'true' || value === 'false')) return 'Write true or false.'
  return undefined
}

/** A field name can stand alone unless something in it would end it. */
const BARE = /^(?!(?:off|not|and)$)[^\s"[\],:]+$/

export function writeQuery({ table, filters }: FilterQuery): string {
  if (filters.length === 0) return table
  return `${table}: ${writeFilters(filters)}`
}

export function writeFilters(filters: readonly Filter[]): string {
  return filters.map(writeFilter).join(' and ')
}

function writeFilter({ field, operator, values, isInverted, isPaused }: Filter): string {
  const words = [isPaused && 'off', isInverted && 'not', BARE.test(field) ? field : JSON.stringify(field), operator].filter(Boolean)
  const written = values.map((value) => JSON.stringify(value))
  return [...words, ...(operator === 'in' ? [`[${written.join(', ')}]`] : written)].join(' ')
}

const WORD = /\s*("(?:[^"\\]|\\.)*"|[[\],:]|[^\s"[\],:]+)/y

/** Reads what `writeQuery` wrote; undefined if somebody wrote something else. */
export function readQuery(written: string): FilterQuery | undefined {
  const words = wordsOf(written.trim())
  const table = words?.shift()
  if (!words || !table || table.startsWith('"')) return undefined
  if (words.length === 0) return { table, filters: [] }
  if (words.shift() !== ':') return undefined
  const filters = readAll(words)
  return filters && { table, filters }
}

/** Reads what `writeFilters` wrote; undefined if somebody wrote something else. */
export function readFilters(written: string): Filter[] | undefined {
  const words = wordsOf(written.trim())
  return words && readAll(words)
}

function readAll(words: string[]): Filter[] | undefined {
  const filters: Filter[] = []
  do {
    const filter = readFilter(words)
    if (!filter) return undefined
    filters.push(filter)
  } while (words.shift() === 'and')
  return words.length === 0 ? filters : undefined
}

function wordsOf(written: string): string[] | undefined {
  const words: string[] = []
  WORD.lastIndex = 0
  while (WORD.lastIndex < written.length) {
    const match = WORD.exec(written)
    if (!match?.[1]) return undefined
    words.push(match[1])
  }
  return words
}

function readFilter(words: string[]): Filter | undefined {
  const isPaused = words[0] === 'off'
  if (isPaused) words.shift()
  const isInverted = words[0] === 'not'
  if (isInverted) words.shift()
  const field = textOf(words.shift())
  const operator = words.shift()
  if (!field || !operator || !isOperator(operator)) return undefined
  const values = readValues(operator, words)
  return values && { field, operator, values, ...(isInverted && { isInverted }), ...(isPaused && { isPaused }) }
}

function isOperator(word: string): word is Operator {
  return Object.hasOwn(OPERATOR_TEXTS, word)
}

function readValues(operator: Operator, words: string[]): string[] | undefined {
  if (operator === 'exists') return []
  if (operator !== 'in') {
    const values = words.splice(0, operator === 'between' ? 2 : 1)
    return values.length > 0 && values.every((word) => word.startsWith('"')) ? values.map((word) => textOf(word) ?? '') : undefined
  }
  if (words.shift() !== '[') return undefined
  const values: string[] = []
  while (words[0]?.startsWith('"')) {
    values.push(textOf(words.shift()) ?? '')
    if (words[0] === ',') words.shift()
  }
  return words.shift() === ']' ? values : undefined
}

function textOf(word: string | undefined): string | undefined {
  if (!word?.startsWith('"')) return word
  try {
    return String(JSON.parse(word))
  } catch {
    return undefined
  }
}

/** Whether both ask the same, paused or not. */
export function isSameFilter(one: Filter, other: Filter): boolean {
  return writeFilter({ ...one, isPaused: false }) === writeFilter({ ...other, isPaused: false })
}

/** Adds a filter; one that is there already, or was paused, is in force. */
export function withFilter(filters: readonly Filter[], added: Filter): Filter[] {
  const others = filters.filter((one) => !isSameFilter(one, added) && !isSameFilter({ ...one, isInverted: !one.isInverted }, added))
  return [...others, added]
}
