// What may be written next in a statement: tables after `from`, columns of the tables that it names, macros, functions, words.
import type { CodeCompletion, Complete } from '../ui/code-editor'
import { isWord, meaningful } from './sql-text'
import { ALL_LOGS, type SearchTable } from './table'

/** How the macros are called; see docs/reference/lake.md. */
const MACROS: Record<string, string> = {
  p_occurs_since: "p_occurs_since('1 d')",
  p_occurs_between: "p_occurs_between('2026-01-01', '2026-01-31 12:00:00')",
  p_occurs_around: "p_occurs_around('2026-01-31 12:00:00', '1 h')",
  p_occurs_after: "p_occurs_after('2026-01-31 12:00:00')",
  p_occurs_before: "p_occurs_before('2026-01-31 12:00:00')",
}

const FUNCTIONS = [
  'array_has', 'array_has_any', 'array_to_string', 'coalesce', 'concat_ws', 'count', 'date_bin', 'date_trunc', 'json_get_text', 'lower', 'max', 'min', 'now', 'regexp_like',
  'starts_with', 'sum', 'unnest', 'upper',
]

const WORDS = [
  'and', 'as', 'asc', 'between', 'by', 'case', 'cast', 'desc', 'distinct', 'else', 'end', 'except', 'exists', 'explain', 'from', 'group', 'having', 'ilike', 'in', 'interval', 'is',
  'join', 'left', 'like', 'limit', 'not', 'null', 'on', 'or', 'order', 'select', 'then', 'union', 'when', 'where', 'with',
]

/** Returns what completes statements over these tables. */
export function completeSql(tables: readonly SearchTable[]): Complete {
  return (sql, offset) => {
    const before = sql.slice(0, offset)
    const word = /[\w."]*$/.exec(before)?.[0] ?? ''
    const found = meaningful(before.slice(0, offset - word.length))
    const last = found.at(-1)
    // Within a text or a comment nothing is completed.
    if (isWithinText(before.slice(0, offset - word.length))) return undefined
    const names = tables.map(({ name, label }) => ({ label: name, detail: label }))
    if (isWord(last, 'from') || isWord(last, 'join')) return { from: offset - word.length, options: names }
    const named = tables.filter(({ name }) => sql.includes(name))
    const meant = named.length > 0 ? named : tables.filter(({ name }) => name === ALL_LOGS)
    const columns = meant.flatMap(({ fields }) => fields.map(({ sql: label, kind }) => ({ label, detail: kind })))
    const calls = FUNCTIONS.map((label) => ({ label, detail: 'function', text: `${label}(` }))
    const macros = Object.entries(MACROS).map(([label, text]) => ({ label, detail: 'macro', text }))
    return { from: offset - word.length, options: distinct([...columns, ...macros, ...names, ...calls, ...WORDS.map((label) => ({ label }))]) }
  }
}

/** A quotation mark or a comment that is still open swallows what follows. */
function isWithinText(before: string): boolean {
  const rest = before.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\/\*[\s\S]*?\*\/|--[^\n]*\n/g, '')
  return rest.includes("'") || rest.includes('--') || rest.includes('/*')
}

function distinct(options: readonly CodeCompletion[]): CodeCompletion[] {
  const seen = new Set<string>()
  return options.filter(({ label }) => {
    const isNew = !seen.has(label)
    seen.add(label)
    return isNew
  })
}
