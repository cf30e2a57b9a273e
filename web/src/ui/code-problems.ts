// Lines and columns as the server counts them, and offsets as CodeMirror does.
import type { Diagnostic } from '@codemirror/lint'
import type { Text } from '@codemirror/state'
import type { CodeProblem } from './code-editor'

const WORD = /^[\p{L}\p{N}_.-]+/u

/** Returns the offset of a place; one beyond the end of its line, or of the text, is that end. */
export function offsetOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines))
  // Columns count characters; an offset counts UTF-16 units.
  const before = [...found.text].slice(0, Math.max(0, column - 1)).join('')
  return found.from + before.length
}

/** Returns what the editor marks: at least one character each. */
export function diagnosticsOf(problems: readonly CodeProblem[], doc: Text): Diagnostic[] {
  return problems
    .map(({ line, column, endColumn, message, isWarning }): Diagnostic => {
      const from = offsetOf(doc, line, column)
      const rest = doc.sliceString(from, doc.lineAt(from).to)
      const to = endColumn === undefined ? from + (WORD.exec(rest)?.[0].length ?? Math.min(1, rest.length)) : offsetOf(doc, line, endColumn)
      return { from, to: Math.max(from, to), severity: isWarning ? 'warning' : 'error', message }
    })
    .sort((one, other) => one.from - other.from)
}
