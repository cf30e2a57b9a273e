import { Fragment, useMemo } from 'react'
import { formatCounted } from '../format'
import './diff-view.css'
import { type DiffLine, folded, lineDiff } from './line-diff'

const CONTEXT_LINES = 3
const WORDS: Record<DiffLine['kind'], { mark: string; word: string }> = {
  same: { mark: ' ', word: '' },
  removed: { mark: '−', word: 'removed: ' },
  added: { mark: '+', word: 'added: ' },
}

interface DiffViewProps {
  label: string
  before: string
  after: string
}

/** Two texts in one, line by line: what was removed, what was added. */
export function DiffView({ label, before, after }: DiffViewProps) {
  const lines = useMemo(() => lineDiff(before, after), [before, after])
  const count = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length
  const [added, removed] = [count('added'), count('removed')]
  if (added + removed === 0) return <p className="quiet">Both texts are the same.</p>
  return (
    <>
      <p className="meta">
        {formatCounted(added, 'line')} added, {formatCounted(removed, 'line')} removed
      </p>
      {/* Scrolls by itself; the keyboard has to reach it for that. */}
      <div className="diff" role="group" aria-label={label} tabIndex={0}>
        <table>
          <tbody>
            {folded(lines, CONTEXT_LINES).map((line, index) => (
              <Fragment key={index}>
                {line.kind === 'gap' ? (
                  <tr className="diff-gap">
                    <td />
                    <td>{formatCounted(line.count, 'line')} the same</td>
                  </tr>
                ) : (
                  <tr data-kind={line.kind}>
                    <td className="number">{line.number}</td>
                    <td>
                      <span aria-hidden="true">{WORDS[line.kind].mark} </span>
                      <span className="visually-hidden">{WORDS[line.kind].word}</span>
                      {line.text}
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
