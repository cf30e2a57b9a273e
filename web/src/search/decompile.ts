// SQL back into filters: only what filters compile to is read, and what was read is compiled again to be sure. Nothing is guessed.
import { ROWS_FIRST, ROWS_MAX, type Request, ROW_KEYS, type Sorting, rowsSql } from './compile'
import type { Filter } from './filter'
import { ALL_LOGS, type SearchTable, joinKeys } from './table'
import { type Token, isNumber, isWord, meaningful, nameOf, textOf, unlikePattern, unpatternText } from './sql-text'
import type { Span } from '../time/range'

export interface Decompiled {
  table: SearchTable
  filters: Filter[]
  columns: string[]
  sorting: Sorting
  span: Span
}

/** Thrown where the statement is more than filters can say; the message is for the person. */
class NotSimple extends Error {}

/** Returns the filters that compile to the statement, or why there are none. */
export function decompile(sql: string, tables: readonly SearchTable[]): Decompiled | { why: string } {
  try {
    const read = new Reader(meaningful(sql), tables).statement()
    const isSame = [ROWS_FIRST, ROWS_MAX].some((limit) => {
      const request: Request = { ...read, tables, limit }
      return sameTokens(sql, rowsSql(request))
    })
    return isSame ? read : { why: 'The statement is not in the form that filters have.' }
  } catch (error) {
    if (error instanceof NotSimple) return { why: error.message }
    throw error
  }
}

function sameTokens(one: string, other: string): boolean {
  const written = ({ kind, source }: Token) => (kind === 'word' ? source.toLowerCase() : source)
  const normal = (sql: string) =>
    meaningful(sql)
      .filter(({ source }) => source !== ';')
      .map(written)
      .join(' ')
  return normal(one) === normal(other)
}

class Reader {
  private at = 0

  constructor(
    private readonly found: readonly Token[],
    private readonly tables: readonly SearchTable[],
  ) {}

  statement(): Decompiled {
    this.words('select')
    const selected = [this.selection()]
    while (this.takes(',')) selected.push(this.selection())
    this.words('from')
    const table = this.table()
    this.words('where')
    const span = this.span()
    const filters: Filter[] = []
    while (this.takesWord('and')) filters.push(this.filter())
    this.words('order', 'by')
    const sorting = this.sorting()
    this.sign(',')
    this.words('p_row_id', 'limit')
    this.at += 1
    this.takes(';')
    if (this.next) throw new NotSimple(`“${this.next.source}” after the limit is more than filters can say.`)
    return { table, filters, columns: shown(selected), sorting, span }
  }

  private get next(): Token | undefined {
    return this.found[this.at]
  }

  private take(): Token {
    const token = this.next
    if (!token) throw new NotSimple('The statement ends before it says everything that filters say.')
    this.at += 1
    return token
  }

  private takes(sign: string): boolean {
    const isNext = this.next?.kind === 'sign' && this.next.source === sign
    if (isNext) this.at += 1
    return isNext
  }

  private takesWord(word: string): boolean {
    const isNext = isWord(this.next, word)
    if (isNext) this.at += 1
    return isNext
  }

  private sign(sign: string): void {
    if (!this.takes(sign)) throw this.unexpected()
  }

  private words(...words: string[]): void {
    for (const word of words) if (!this.takesWord(word)) throw this.unexpected()
  }

  private unexpected(): NotSimple {
    if (this.next) return new NotSimple(`“${this.next.source}” is more than filters can say.`)
    return new NotSimple('The statement ends before it says everything that filters say.')
  }

  private text(): string {
    const token = this.take()
    if (token.kind !== 'text') throw this.back()
    return textOf(token)
  }

  /** A text, a number with its sign, true or false. */
  private literal(): string {
    const isSigned = this.takes('-')
    const token = this.take()
    if (!isSigned && token.kind === 'text') return textOf(token)
    if (!isSigned && (isWord(token, 'true') || isWord(token, 'false'))) return token.source.toLowerCase()
    if (isNumber(token.source)) return `${isSigned ? '-' : ''}${token.source}`
    throw this.back()
  }

  private back(): NotSimple {
    this.at -= 1
    return this.unexpected()
  }

  private path(): string {
    const token = this.take()
    if (token.kind !== 'word' && token.kind !== 'quoted') throw this.back()
    const segments = [nameOf(token)]
    while (this.takes('.')) segments.push(nameOf(this.take()))
    return segments.join('.')
  }

  /** A column, or a value within its JSON text. */
  private operand(): string {
    if (!isWord(this.next, 'json_get_text')) return this.path()
    this.at += 1
    this.sign('(')
    const column = this.path()
    const keys: string[] = []
    while (this.takes(',')) keys.push(this.text())
    this.sign(')')
    return joinKeys(column, keys)
  }

  private selection(): string {
    const operand = this.operand()
    if (this.takesWord('as')) this.at += 1
    return operand
  }

  private table(): SearchTable {
    if (this.takes('(')) {
      this.skipToClose()
      return this.known(ALL_LOGS)
    }
    return this.known(this.path())
  }

  /** What all logs are put together from is compared as a whole afterwards. */
  private skipToClose(): void {
    for (let depth = 1; depth > 0; ) {
      const { source } = this.take()
      if (source === '(') depth += 1
      if (source === ')') depth -= 1
    }
  }

  private known(name: string): SearchTable {
    const table = this.tables.find((one) => one.name === name)
    if (!table) throw new NotSimple(`Filters search one log type or all of them, not “${name}”.`)
    return table
  }

  private span(): Span {
    const from = this.moment('p_occurs_after')
    this.words('and')
    return { from, to: this.moment('p_occurs_before') }
  }

  private moment(macro: string): Date {
    if (!this.takesWord(macro)) throw new NotSimple('Filters begin with the time: p_occurs_after(…) and p_occurs_before(…).')
    this.sign('(')
    const at = new Date(this.text())
    this.sign(')')
    if (Number.isNaN(at.getTime())) throw new NotSimple('The time is not written as the console writes it.')
    return at
  }

  private sorting(): Sorting {
    const field = this.operand()
    const isDescending = this.takesWord('desc')
    if (!isDescending) this.words('asc')
    return { field, isDescending }
  }

  private filter(): Filter {
    if (!this.takes('(')) return this.positive()
    const filter = this.positive()
    this.sign(')')
    this.words('is', 'not', 'true')
    return { ...filter, isInverted: true }
  }

  private positive(): Filter {
    if (isWord(this.next, 'starts_with')) return this.call('starts', () => ({ field: this.operand(), values: this.rest(() => this.text()) }))
    if (isWord(this.next, 'regexp_like')) return this.expression()
    if (isWord(this.next, 'array_has')) return this.call('is', () => ({ field: this.operand(), values: this.rest(() => this.text()) }))
    if (isWord(this.next, 'array_has_any')) return this.call('in', () => ({ field: this.operand(), values: this.rest(() => this.made()) }))
    if (isWord(this.next, 'array_to_string')) return this.pattern(this.lines())
    return this.comparison(this.operand())
  }

  private expression(): Filter {
    this.at += 1
    this.sign('(')
    const field = this.lines()
    this.sign(',')
    const pattern = this.text()
    this.sign(')')
    const start = pattern.startsWith('(?m)^') ? unpatternText(pattern.slice('(?m)^'.length)) : undefined
    return start === undefined ? { field, operator: 'cidr', values: [cidrOf(pattern)] } : { field, operator: 'starts', values: [start] }
  }

  private call(operator: Filter['operator'], parts: () => { field: string; values: string[] }): Filter {
    this.at += 1
    this.sign('(')
    const { field, values } = parts()
    this.sign(')')
    return { field, operator, values }
  }

  private rest(one: () => string | string[]): string[] {
    this.sign(',')
    return [one()].flat()
  }

  private made(): string[] {
    this.words('make_array')
    return this.listed(() => this.text())
  }

  private listed(one: () => string): string[] {
    this.sign('(')
    const values = [one()]
    while (this.takes(',')) values.push(one())
    this.sign(')')
    return values
  }

  /** `array_to_string(field, chr(10))`, or the field itself. */
  private lines(): string {
    if (!this.takesWord('array_to_string')) return this.operand()
    this.sign('(')
    const field = this.operand()
    this.sign(',')
    this.newline()
    this.sign(')')
    return field
  }

  private newline(): void {
    this.words('chr')
    this.sign('(')
    this.at += 1
    this.sign(')')
  }

  private pattern(field: string): Filter {
    this.words('ilike')
    const pattern = this.text()
    const value = unlikePattern(pattern.slice(1, -1))
    if (value === undefined || !pattern.startsWith('%') || !pattern.endsWith('%')) {
      throw new NotSimple('A filter looks for a text as it is, without wildcards.')
    }
    return { field, operator: 'contains', values: [value] }
  }

  private comparison(field: string): Filter {
    if (isWord(this.next, 'ilike')) return this.pattern(field)
    if (this.takesWord('in')) return { field, operator: 'in', values: this.listed(() => this.literal()) }
    if (this.takesWord('between')) {
      const first = this.literal()
      this.words('and')
      return { field, operator: 'between', values: [first, this.literal()] }
    }
    if (this.takesWord('is')) return this.existence(field)
    if (this.takes('=')) return { field, operator: 'is', values: [this.literal()] }
    for (const operator of ['>', '<'] as const) if (this.takes(operator)) return { field, operator, values: [this.literal()] }
    throw this.unexpected()
  }

  private existence(field: string): Filter {
    const isInverted = !this.takesWord('not')
    if (this.takesWord('null')) return { field, operator: 'exists', values: [], ...(isInverted && { isInverted }) }
    if (!isInverted) throw this.unexpected()
    this.words('distinct', 'from')
    return { field, operator: 'is', values: [this.literal()], isInverted: true }
  }
}

/** The columns without those that every row needs for itself: the time stays if it comes where columns come. */
function shown(selected: readonly string[]): string[] {
  let end = selected.length
  for (const key of ROW_KEYS.toReversed()) if (selected[end - 1] === key && end > 1) end -= 1
  return selected.slice(0, end)
}

/** The network that a pattern was made of. */
function cidrOf(pattern: string): string {
  const octets = pattern.replace(/^(?:\(\?m\))?\^|\$$/g, '').split('\\.')
  const parts = octets.map((octet) => {
    if (octet === '\\d{1,3}') return { first: 0, bits: 0 }
    const list = /^\(\?:([\d|]+)\)$/.exec(octet)?.[1]?.split('|')
    if (list) return { first: Number(list[0]), bits: 8 - Math.log2(list.length) }
    return { first: Number(octet), bits: 8 }
  })
  if (parts.length !== 4 || parts.some(({ first, bits }) => !Number.isInteger(first) || !Number.isInteger(bits))) {
    throw new NotSimple('A pattern is more than filters can say.')
  }
  return `${parts.map(({ first }) => first).join('.')}/${parts.reduce((sum, { bits }) => sum + bits, 0)}`
}

