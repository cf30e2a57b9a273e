import { Text } from '@codemirror/state'
import { expect, it } from 'vitest'
import type { CodeProblem } from './code-editor'
import { diagnosticsOf, offsetOf } from './code-problems'

const doc = Text.of(['schema: Custom.App', 'fields:', '  - name: 😀 x', ''])

/** What of the text is marked. */
function marked(problem: Omit<CodeProblem, 'message'>): string {
  const [only] = diagnosticsOf([{ message: 'no', ...problem }], doc)
  return only ? doc.sliceString(only.from, only.to) : 'nothing'
}

it('marks the word that begins there', () => {
  expect(marked({ line: 1, column: 9 })).toBe('Custom.App')
  expect(marked({ line: 2, column: 7 })).toBe(':')
})

it('counts characters, not UTF-16 units', () => {
  expect(marked({ line: 3, column: 13 })).toBe('x')
})

it('marks up to a known end', () => {
  expect(marked({ line: 1, column: 1, endColumn: 19 })).toBe('schema: Custom.App')
})

it('keeps a place beyond the text within it', () => {
  expect(offsetOf(doc, 99, 99)).toBe(doc.length)
  expect(offsetOf(doc, 0, 0)).toBe(0)
  expect(offsetOf(doc, 2, 99)).toBe('schema: Custom.App\nfields:'.length)
})

it('puts problems in the order of the text', () => {
  const problems = [
    { line: 3, column: 1, message: 'later' },
    { line: 1, column: 1, message: 'earlier', isWarning: true },
  ]
  expect(diagnosticsOf(problems, doc).map(({ message, severity }) => `${severity} ${message}`)).toEqual(['warning earlier', 'error later'])
})
