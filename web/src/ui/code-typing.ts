// Typing in a CodeMirror under a policy that allows no inline styles.
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

/**
 * Typing over a selection. Left to the browser, Chromium joins the lines with inline styles, which the policy refuses and complains of.
 */
export const replaceByTyping: Extension = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== 'insertText' || event.data === null || event.isComposing || view.state.readOnly) return false
    const replaced = view.state.selection.main.empty ? selectedIn(view) : view.state.selection.main
    if (!replaced || replaced.from === replaced.to) return false
    event.preventDefault()
    const { from, to } = replaced
    const insert = view.state.toText(event.data)
    view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

/** What the browser has selected: it may know of that before the editor does. */
function selectedIn(view: EditorView): { from: number; to: number } | undefined {
  const selection = view.contentDOM.ownerDocument.getSelection()
  const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : undefined
  if (!range || !view.contentDOM.contains(range.startContainer) || !view.contentDOM.contains(range.endContainer)) return undefined
  return { from: view.posAtDOM(range.startContainer, range.startOffset), to: view.posAtDOM(range.endContainer, range.endOffset) }
}
