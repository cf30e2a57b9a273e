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

/** The statement without the limit that ends it: what it would find if everything were shown. */
export function withoutLimit(sql: string): string {
  const statement = trimmed(sql)
  const found = meaningful(statement)
  const [limit, count] = found.slice(-2)
  return isWord(limit, 'limit') && count?.kind === 'number' && limit ? statement.slice(0, limit.from).trimEnd() : statement
}

const RANGE = /p_occurs_after\('[^']*'\)\s+and\s+p_occurs_before\('[^']*'\)/i

/** Whether the statement takes its time from the page: it has the condition that filters compile to. */
export function takesRange(sql: string): boolean {
  return RANGE.test(sql)
}

/** The statement with the chosen time in place of the one that it was compiled with; as it is if it sets its own. */
export function withRange(sql: string, span: Span): string {
  return sql.replace(RANGE, () => rangeCondition(span))
}

/** Whether the statement gives rows that can be counted over time; explanations and lists of tables are none. */
export function givesRows(sql: string): boolean {
  const [first] = meaningful(sql)
  return isWord(first, 'select') || isWord(first, 'with') || first?.source === '('
}

/** Where the n-th character of a line stands in the statement; the API counts both from 1. */
export function offsetOf(sql: string, line: number, column: number): number {
  const before = sql.split('\n').slice(0, line - 1)
  const start = before.reduce((sum, text) => sum + text.length + 1, 0)
  return Math.min(sql.length, start + Math.max(0, column - 1))
}
