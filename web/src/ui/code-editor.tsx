// An editor for text that a machine reads. What it is made of is large, and loaded when the first one is shown.
import { type Ref, Suspense, lazy } from 'react'
import './code-editor.css'

const CodeMirror = lazy(() => import('./code-mirror'))

/** Another one is a line in `code-languages.ts`. */
export type CodeLanguage = 'yaml'

/** What is wrong with the text, and where: lines and columns begin with 1, columns count characters. */
export interface CodeProblem {
  line: number
  column: number
  /** Up to the end of the word if it is not known. */
  endColumn?: number
  message: string
  isWarning?: boolean
}

export interface CodeCompletion {
  label: string
  /** What kind of thing it is, or what it means: beside its name. */
  detail?: string
  /** What is written, if that is not the label. */
  text?: string
}

/** Returns what may be written at `offset` (UTF-16) and where it would begin, or undefined if nothing is known. */
export type Complete = (text: string, offset: number) => { from: number; options: readonly CodeCompletion[] } | undefined

export interface CodeEditorHandle {
  focus: () => void
  /** Moves the cursor there, and shows it. */
  goTo: (line: number, column: number) => void
  /** Puts text in place of what is selected. */
  insert: (text: string) => void
}

export interface CodeEditorProps {
  /** What the text is, for who does not see the editor. */
  label: string
  value: string
  /** Without it the text can be read, selected and searched, but not changed. */
  onChange?: (value: string) => void
  language: CodeLanguage
  problems?: readonly CodeProblem[]
  complete?: Complete
  /** `Ctrl Enter`, or `⌘ Enter`. */
  onSubmit?: () => void
  /** The id of a hint. */
  describedBy?: string
  /** How high it is at least, in lines. */
  linesMin?: number
  handle?: Ref<CodeEditorHandle>
}

export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<CodeWaiting {...props} />}>
      <CodeMirror {...props} />
    </Suspense>
  )
}

const LINE_PX = 20

/** The text itself, as high as the editor will be: nothing jumps when it comes. */
function CodeWaiting({ label, value, linesMin = 1 }: CodeEditorProps) {
  return (
    <pre className="code-waiting" role="group" aria-busy="true" aria-label={label} style={{ minHeight: linesMin * LINE_PX }}>
      {value}
    </pre>
  )
}
