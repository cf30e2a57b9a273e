// What CodeEditor loads. Nothing else imports CodeMirror but the languages and the look beside it.
import { autocompletion, type CompletionContext } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state'
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import type { CodeEditorProps, Complete } from './code-editor'
import { languages } from './code-languages'
import { codeLook } from './code-look'
import { diagnosticsOf, offsetOf } from './code-problems'
import { replaceByTyping } from './code-typing'

const LINE_PX = 20

export default function CodeMirror(props: CodeEditorProps) {
  const { value, problems, handle, linesMin = 1 } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const settings = useRef(new Compartment())
  // The editor lives as long as the component; what it calls is what was given last.
  const latest = useRef(props)
  useLayoutEffect(() => {
    latest.current = props
  })

  useLayoutEffect(() => {
    if (!place.current) return
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          settings.current.of(settingsOf(latest.current)),
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => submit(latest.current) }])),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString())
          }),
          autocompletion({ override: [(context) => completed(latest.current.complete, context)], icons: false }),
          EXTENSIONS,
        ],
      }),
    })
    view.current = editor
    return () => {
      view.current = undefined
      editor.destroy()
    }
  }, [])

  const { label, describedBy, language, onChange } = props
  const isReadOnly = onChange === undefined
  const hasErrors = problems?.some((one) => !one.isWarning) ?? false
  useEffect(() => {
    view.current?.dispatch({ effects: settings.current.reconfigure(settingsOf(latest.current)) })
  }, [label, describedBy, language, isReadOnly, hasErrors, linesMin])

  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    const editor = view.current
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(problems ?? [], editor.state.doc)))
  }, [problems])

  useImperativeHandle(handle, () => ({
    focus: () => view.current?.focus(),
    goTo: (line, column) => {
      const editor = view.current
      if (!editor) return
      const anchor = offsetOf(editor.state.doc, line, column)
      editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
      editor.focus()
    },
    insert: (text) => {
      const editor = view.current
      if (!editor) return
      editor.dispatch(editor.state.replaceSelection(text))
      editor.focus()
    },
  }))

  return <div ref={place} className="code" data-read-only={isReadOnly || undefined} />
}

/** Tab is left out on purpose: it leads on to what comes after the editor. */
const EXTENSIONS: Extension = [
  // Styles that are not from our own files need the nonce of the page.
  EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''),
  replaceByTyping,
  lineNumbers(),
  foldGutter(),
  lintGutter(),
  highlightSpecialChars(),
  history(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of('  '),
  bracketMatching(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches(),
  EditorView.lineWrapping,
  keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]),
  codeLook,
]

function settingsOf({ language, label, describedBy, onChange, problems, linesMin = 1 }: CodeEditorProps): Extension {
  return [
    languages[language](),
    EditorState.readOnly.of(onChange === undefined),
    EditorView.theme({ '.cm-content, .cm-gutters': { minHeight: `${linesMin * LINE_PX}px` } }),
    EditorView.contentAttributes.of({
      'aria-label': label,
      // Editable text can be focused without it; not every tool that judges pages knows.
      tabindex: '0',
      ...(describedBy && { 'aria-describedby': describedBy }),
      ...(onChange === undefined && { 'aria-readonly': 'true' }),
      ...(problems?.some((one) => !one.isWarning) && { 'aria-invalid': 'true' }),
    }),
  ]
}

function submit({ onSubmit }: CodeEditorProps): boolean {
  onSubmit?.()
  return onSubmit !== undefined
}

function completed(complete: Complete | undefined, context: CompletionContext) {
  const found = complete?.(context.state.doc.toString(), context.pos)
  if (!found || found.options.length === 0) return null
  // Before the first letter only who asks for it (`Ctrl Space`) is helped.
  if (found.from === context.pos && !context.explicit) return null
  return {
    from: found.from,
    options: found.options.map(({ label, detail, text }) => ({ label, ...(detail && { detail }), ...(text && { apply: text }) })),
  }
}
