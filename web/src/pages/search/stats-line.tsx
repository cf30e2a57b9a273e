import { PanelLeft } from 'lucide-react'
import { useEffect, useState } from 'react'
import { formatCount, formatCounted } from '../../format'
import { cutOf, cutText } from '../../search/run'
import { formatDuration } from '../../time/relative'
import { Button } from '../../ui/button'
import { CopyMenu } from './copy-menu'
import { ExportMenu } from './export-menu'
import type { Running } from './use-run'
import type { Search } from './use-search'

/** A running query is mentioned only if it takes a moment. */
const QUIET_MS = 150
const TICK_MS = 100

interface StatsLineProps {
  search: Search
  running: Running
  /** All that match, by the bars. */
  total: number | undefined
  areFieldsOpen: boolean
  onFields: () => void
}

/** How much there is, how much of it is here, what it cost. Always to be seen. */
export function StatsLine({ search, running, total, areFieldsOpen, onFields }: StatsLineProps) {
  const elapsed = useElapsed(running)
  const { view, shownView, current } = running
  return (
    <div className="stats">
      {search.state.mode === 'filters' && (
        <Button kind="quiet" size="small" aria-pressed={areFieldsOpen} onClick={onFields}>
          <PanelLeft size={14} aria-hidden="true" />
          Fields
        </Button>
      )}
      <p className="stats-text" role="status">
        {elapsed === undefined ? <Figures running={running} total={total} /> : `${view.rows.length > 0 ? `${formatCount(view.rows.length)} rows so far` : 'Searching'} …`}
      </p>
      {elapsed !== undefined && (
        <>
          <span className="quiet stats-time">{formatDuration(elapsed)}</span>
          <Button size="small" onClick={() => current?.run.cancel()}>
            Cancel
          </Button>
        </>
      )}
      <span className="toolbar-end stats-actions">
        <CopyMenu search={search} running={running} />
        <ExportMenu running={running} total={total} canExport={shownView.rows.length > 0 && view.phase !== 'running'} />
      </span>
    </div>
  )
}

export function Figures({ running, total }: { running: Running; total: number | undefined }) {
  const { view, current } = running
  if (!current || view.startedAt === 0) return null
  const { query, rows, phase } = view
  const cut = query && cutOf(query)
  const isSql = current.mode === 'sql'
  const parts = [
    // Bars of a statement are only those of its rows that are in the chosen time.
    isSql ? query && formatCounted(query.rowCount, 'row') : total !== undefined && formatCounted(total, 'event'),
    query ? `${formatCount(rows.length)} loaded` : undefined,
    query && query.rowCount > rows.length && total === undefined && !isSql ? `${formatCount(query.rowCount)} found` : undefined,
    cut ? cutText(cut) : undefined,
    phase === 'cancelled' ? 'cancelled' : undefined,
    phase === 'failed' && rows.length > 0 ? 'partial' : undefined,
    query ? `${formatCount(query.durationMs)} ms` : undefined,
  ]
  return parts.filter(Boolean).join(' · ')
}

/** How long the query has been at work; undefined while that is not worth a word. */
function useElapsed({ view, current }: Running): number | undefined {
  const [elapsed, setElapsed] = useState<number>()
  const isRunning = view.phase === 'running' && current !== undefined
  useEffect(() => {
    setElapsed(undefined)
    if (!isRunning) return
    const timer = setInterval(() => {
      const ms = Date.now() - view.startedAt
      if (ms >= QUIET_MS) setElapsed(ms)
    }, TICK_MS)
    return () => clearInterval(timer)
  }, [isRunning, view.startedAt])
  return elapsed
}
