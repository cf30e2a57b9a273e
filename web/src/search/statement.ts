// What the console does to a statement that a person wrote: a limit where there is none, the chosen time where the statement asks for one.
import type { Span } from '../time/range'
import { rangeCondition } from './compile'
import { type Token, isWord, meaningful, tokens } from './sql-text'

/** Added to statements that have no limit: enough to look at. */
export const LIMIT_ADDED = 1_000

/** The statement without what ends it, and without blanks around it. */
export function trimmed(sql: string): string {
  const found = tokens(sql)
  while (isEnd(found.at(-1))) found.pop()
  return found.map(({ source }) => source).join('').trimStart()
}

function isEnd(token: Token | undefined): boolean {
  return token?.kind === 'blank' || token?.source === ';'
}

/** Words outside of all parentheses, with the number of the token. */
function topLevel(found: readonly Token[]): Array<{ token: Token; index: number }> {
  let depth = 0
  return found.flatMap((token, index) => {
    if (token.source === '(') depth += 1
    if (token.source === ')') depth -= 1
    return depth === 0 && token.kind === 'word' ? [{ token, index }] : []
  })
}

/** Adds a limit on a line of its own if a statement that gives rows has none. */
export function withLimit(sql: string): string {
  const statement = trimmed(sql)
  const found = meaningful(statement)
  const givesRows = isWord(found[0], 'select') || isWord(found[0], 'with') || found[0]?.source === '('
  const isLimited = topLevel(found).some(({ token }) => isWord(token, 'limit') || isWord(token, 'fetch'))
  return givesRows && !isLimited ? `${statement}\nlimit ${LIMIT_ADDED}` : statement
}

/** Whose time a statement has: that of the page, its own, or several, of which none is the page's. */
export type TimeOf = 'page' | 'statement' | 'several'

interface RangeFound {
  from: number
  to: number
  source: string
}

const SHAPE = ['p_occurs_after', '(', undefined, ')', 'and', 'p_occurs_before', '(', undefined, ')']

/** The condition in the form that filters compile to. Texts and comments that only look like it are none. */
function rangesOf(sql: string): { ranges: RangeFound[]; macros: number } {
  const found = meaningful(sql)
  const ranges = found.flatMap((first, index): RangeFound[] => {
    const part = found.slice(index, index + SHAPE.length)
    const last = part.at(-1)
    const isRange = part.length === SHAPE.length && part.every((token, place) => (SHAPE[place] === undefined ? token.kind === 'text' : token.source.toLowerCase() === SHAPE[place]))
    return isRange && last ? [{ from: first.from, to: last.from + last.source.length, source: part.map(({ source }) => source.toLowerCase()).join(' ') }] : []
  })
  return { ranges, macros: found.filter(({ kind, source }) => kind === 'word' && /^p_occurs_/i.test(source)).length }
}

/** Nobody goes back further than so many runs. */
const WRITTEN_MAX = 1_000

/** The times that the console has put into statements. Only these may be changed by it: any other was written by a person. */
export class WrittenTimes {
  private readonly known = new Set<string>()

  /** Remembers the time that filters were compiled with. */
  remember(span: Span): void {
    for (const { source } of rangesOf(rangeCondition(span)).ranges) this.keep(source)
  }

  timeOf(sql: string): TimeOf {
    const { ranges, macros } = rangesOf(sql)
    if (ranges.length > 1 || (ranges.length === 1 && macros > 2)) return 'several'
    return ranges.some(({ source }) => this.known.has(source)) ? 'page' : 'statement'
  }

  /** The statement with the chosen time in place of the one that the console wrote; as it is if a person wrote another. */
  withRange(sql: string, span: Span): string {
    if (this.timeOf(sql) !== 'page') return sql
    const [range] = rangesOf(sql).ranges
    if (!range) return sql
    this.keep(range.source)
    this.remember(span)
    return sql.slice(0, range.from) + rangeCondition(span) + sql.slice(range.to)
  }

  /** What is in use is the last to be forgotten. */
  private keep(source: string): void {
    this.known.delete(source)
    this.known.add(source)
    const [oldest] = this.known
    if (this.known.size > WRITTEN_MAX && oldest !== undefined) this.known.delete(oldest)
  }
}

/** Those of this window, until the console is left. */
export const writtenTimes = new WrittenTimes()

/** Whether the statement gives rows that can be counted over time; explanations and lists of tables are none. */
export function givesRows(sql: string): boolean {
  const [first] = meaningful(sql)
  return isWord(first, 'select') || isWord(first, 'with') || first?.source === '('
}
