import { useMemo } from 'react'
import { asProblem } from '../../api/problem'
import { completeSql } from '../../search/completion'
import { takesRange, trimmed } from '../../search/statement'
import { CodeEditor } from '../../ui/code-editor'
import type { Running } from './use-run'
import type { Search } from './use-search'

interface SqlPanelProps {
  search: Search
  sql: string
  onChange: (sql: string) => void
  onRun: () => void
  running: Running
}

const LINES_MIN = 5
const HINT = 'sql-hint'

/** The statement as it is written. What the engine does not understand is marked where it stands. */
export function SqlPanel({ search, sql, onChange, onRun, running }: SqlPanelProps) {
  const { current, view } = running
  const complete = useMemo(() => completeSql(search.tables), [search.tables])
  // The mark belongs to the statement that was run; in another one it would be anywhere.
  const isSame = current !== undefined && trimmed(sql) === trimmed(current.sql)
  const problem = view.phase === 'failed' && isSame ? asProblem(view.error) : undefined
  const problems = useMemo(
    () => (problem?.line && problem.column ? [{ line: problem.line, column: problem.column, message: problem.detail }] : []),
    [problem?.line, problem?.column, problem?.detail],
  )
  return (
    <div className="sql-panel">
      <CodeEditor
        label="SQL"
        language="sql"
        value={sql}
        onChange={onChange}
        onSubmit={onRun}
        complete={complete}
        problems={problems}
        describedBy={HINT}
        linesMin={LINES_MIN}
        isSearch
      />
      <p className="meta" id={HINT}>
        {takesRange(sql) ? 'The chosen time is put into the statement when it runs.' : 'The statement sets its own time; the bars show the chosen one.'} The console adds a limit where there is none.
      </p>
    </div>
  )
}
