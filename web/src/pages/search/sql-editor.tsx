// CodeMirror with the tables of the lake. A chunk of its own: only who writes SQL loads it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { SQLDialect, sql as sqlLanguage, type SQLNamespace } from '@codemirror/lang-sql'
import { HighlightStyle, bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, drawSelection, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { SearchTable } from '../../search/table'

const MACROS = ['p_occurs_since', 'p_occurs_between', 'p_occurs_around', 'p_occurs_after', 'p_occurs_before']
const FUNCTIONS = ['json_get_text', 'date_bin', 'date_trunc', 'array_has', 'array_has_any', 'array_to_string', 'regexp_like', 'starts_with', 'count', 'min', 'max', 'coalesce', 'lower', 'upper', 'now']

const DIALECT = SQLDialect.define({
  keywords:
    'all and any as asc between by case cast cross describe desc distinct else end except exists explain false filter from full group having ilike in inner intersect interval is join left like limit not null nulls offset on or order outer over partition right select show then true union using values when where with',
  builtin: [...MACROS, ...FUNCTIONS].join(' '),
  types: 'bigint boolean date double int integer interval text timestamp varchar',
  operatorChars: '*+-%<>!=&|~^/',
  doubleDollarQuotedStrings: false,
})

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--link)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--medium)' },
  { tag: tags.comment, color: 'var(--text3)' },
  { tag: [tags.standard(tags.name), tags.typeName], color: 'var(--high)' },
])

const LOOK = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--text)', maxHeight: '40vh' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', minHeight: '112px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text3)', border: 'none' },
  '.cm-content': { caretColor: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-1px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--control)' },
  '.cm-placeholder': { color: 'var(--text3)' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--text)', border: '1px solid var(--border)', borderRadius: '6px', boxShadow: 'var(--float)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionDetail': { color: 'var(--text3)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--danger)' },
})

export interface Mark {
  at: number
  text: string
}

interface SqlEditorProps {
  value: string
  tables: readonly SearchTable[]
  mark: Mark | undefined
  onChange: (sql: string) => void
  onRun: () => void
}

export default function SqlEditor({ value, tables, mark, onChange, onRun }: SqlEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView | undefined>(undefined)
  const latest = useRef({ onChange, onRun })
  latest.current = { onChange, onRun }

  useEffect(() => {
    if (!place.current) return
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({ doc: value, extensions: extensionsFor(tables, (sql) => latest.current.onChange(sql), () => latest.current.onRun()) }),
    })
    editor.current = view
    return () => view.destroy()
    // The text comes in below; another list of tables makes another editor.
  }, [tables])

  useEffect(() => {
    const view = editor.current
    if (!view || view.state.doc.toString() === value) return
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    const view = editor.current
    if (!view) return
    const { length } = view.state.doc
    const from = Math.min(mark?.at ?? 0, length)
    const word = view.state.wordAt(from)
    const found = mark ? [{ from: word?.from ?? from, to: word?.to ?? Math.min(length, from + 1), severity: 'error' as const, message: mark.text }] : []
    view.dispatch(setDiagnostics(view.state, found))
  }, [mark?.at, mark?.text])

  return <div ref={place} className="sql-editor" />
}

function extensionsFor(tables: readonly SearchTable[], onChange: (sql: string) => void, onRun: () => void) {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce
  const run = { key: 'Mod-Enter', preventDefault: true, run: () => (onRun(), true) }
  return [
    // Styles that the editor makes are taken by the policy only with the page's nonce.
    ...(nonce ? [EditorView.cspNonce.of(nonce)] : []),
    Prec.highest(keymap.of([run])),
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    lintGutter(),
    EditorView.lineWrapping,
    placeholder('select * from margay_views.all_logs where p_occurs_since(\'1 d\')'),
    sqlLanguage({ dialect: DIALECT, schema: namespaceOf(tables), upperCaseKeywords: false }),
    syntaxHighlighting(COLOURS),
    LOOK,
    // Tab leaves the editor, as it leaves any field.
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': 'SQL', 'data-shortcut-search': '' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString())
    }),
  ]
}

/** Tables by database and name, with their columns, and the fields within these. */
function namespaceOf(tables: readonly SearchTable[]): SQLNamespace {
  const namespace: Record<string, SQLNamespace> = {}
  for (const table of tables) {
    const columns = table.fields.map(({ sql, kind }) => ({ label: sql, type: 'property', detail: kind }))
    const [first = '', second] = table.name.split('.')
    if (second === undefined) namespace[first] = columns
    else namespace[first] = { ...(namespace[first] as Record<string, SQLNamespace> | undefined), [second]: columns }
  }
  // Columns that every log type has are offered wherever a name may stand.
  const standard = tables.find(({ name }) => name === 'margay_views.all_logs')?.fields ?? []
  for (const { sql } of standard) namespace[sql] ??= []
  return namespace
}
