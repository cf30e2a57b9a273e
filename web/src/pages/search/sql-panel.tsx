import { Suspense, lazy } from 'react'
import { asProblem } from '../../api/problem'
import { offsetOf, takesRange, trimmed } from '../../search/statement'
import type { Running } from './use-run'
import type { Search } from './use-search'

const SqlEditor = lazy(() => import('./sql-editor'))

interface SqlPanelProps {
  search: Search
  sql: string
  onChange: (sql: string) => void
  onRun: () => void
  running: Running
}

/** The statement as it is written. What the engine does not understand is marked where it stands. */
export function SqlPanel({ search, sql, onChange, onRun, running }: SqlPanelProps) {
  const { current, view } = running
  const problem = view.phase === 'failed' ? asProblem(view.error) : undefined
  // The mark belongs to the statement that was run; in another one it would be anywhere.
  const isSame = current !== undefined && trimmed(sql) === trimmed(current.sql)
  const mark = problem?.line && problem.column && isSame ? { at: offsetOf(sql, problem.line, problem.column), text: problem.detail } : undefined
  return (
    <div className="sql-panel">
      <Suspense fallback={<div className="sql-waiting" aria-busy="true" />}>
        <SqlEditor value={sql} tables={search.tables} mark={mark} onChange={onChange} onRun={onRun} />
      </Suspense>
      <p className="meta">
        {takesRange(sql) ? 'The chosen time is put into the statement when it runs.' : 'The statement sets its own time; the bars show the chosen one.'} The console adds a limit where there is none.
      </p>
    </div>
  )
}
