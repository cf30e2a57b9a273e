import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { SchemaProblem } from '../../api/schema'
import { formatCounted } from '../../format'
import { Message } from './message'

interface ProblemListProps {
  problems: readonly SchemaProblem[]
  /** Leads to a place in the text. */
  onGo: (line: number, column: number) => void
}

/** What is wrong with a text: each with its place, which can be gone to. */
export function ProblemList({ problems, onGo }: ProblemListProps) {
  return (
    <ul className="problem-list">
      {problems.map(({ severity, line, column, path, message, hint }, index) => (
        <li key={index}>
          {severity === 'error' ? (
            <CircleAlert size={14} className="tone-danger" aria-label="Error" />
          ) : (
            <TriangleAlert size={14} className="tone-warn" aria-label="Warning" />
          )}
          <span>
            {line > 0 && (
              <button type="button" className="link" onClick={() => onGo(line, column)}>
                Line {line}, column {column}
              </button>
            )}{' '}
            <Message path={path} message={message} hint={hint} />
          </span>
        </li>
      ))}
    </ul>
  )
}

/** `2 errors, 1 warning` */
export function countProblems(problems: readonly SchemaProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  return [errors > 0 && formatCounted(errors, 'error'), warnings > 0 && formatCounted(warnings, 'warning')].filter(Boolean).join(', ')
}
