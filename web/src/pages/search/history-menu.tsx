import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { type Query, queriesQuery } from '../../api/query'
import { formatCount } from '../../format'
import { writeQuery } from '../../search/filter'
import { decompile } from '../../search/decompile'
import { absolute } from '../../time/range'
import { Dialog } from '../../ui/dialog'
import { Button } from '../../ui/button'
import { EmptyState, Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import type { Search } from './use-search'

/** What was asked lately by this person. The server remembers it until it restarts. */
export function HistoryMenu({ search }: { search: Search }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>
        <History size={14} aria-hidden="true" />
        History
      </Button>
      {isOpen && <HistoryDialog search={search} onClose={() => setIsOpen(false)} />}
    </>
  )
}

/** Filters in their own words; a statement as it was written. */
function wordsOf(sql: string, tables: Search['tables']): string {
  const found = decompile(sql, tables)
  return 'why' in found ? sql : writeQuery({ table: found.table.name, filters: found.filters })
}

const STATES: Record<Query['state'], string> = { running: 'at work', succeeded: '', failed: 'failed', cancelled: 'cancelled' }

function HistoryDialog({ search, onClose }: { search: Search; onClose: () => void }) {
  const query = useQuery(queriesQuery)
  const choose = (sql: string) => {
    onClose()
    const found = decompile(sql, search.tables)
    if ('why' in found) return search.change({ mode: 'sql', sql, paused: [], event: undefined, saved: undefined })
    const { table, filters, columns, sorting, span } = found
    const query = { table: table.name, filters }
    search.change({ mode: 'filters', query, columns, sorting, range: absolute(span), sql: '', event: undefined, saved: undefined })
  }
  return (
    <Dialog title="History" isOpen onClose={onClose} className="dialog history">
      <Loaded query={query}>
        {(queries) => {
          const own = distinct(queries)
          if (own.length === 0) return <EmptyState title="Nothing was asked yet" />
          return (
            <ul className="history-list">
              {own.map((one) => (
                <li key={one.id}>
                  <button type="button" className="history-item" onClick={() => choose(one.sql)}>
                    <code>{wordsOf(one.sql, search.tables)}</code>
                  </button>
                  <span className="meta">
                    <Time at={one.startedAt} /> ·{' '}
                    {[STATES[one.state], `${formatCount(one.rowCount)} rows`, `${formatCount(one.durationMs)} ms`].filter(Boolean).join(' · ')}
                  </span>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
      <p className="meta">
        The last 50 searches of yours, and none from before the server was started. Save what you want to keep.
      </p>
      <div className="form-actions">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}

/** Refreshing asks the same again and again: the newest of them is enough. */
function distinct(queries: readonly Query[]): Query[] {
  const shape = (sql: string) => sql.replace(/p_occurs_(?:after|before)\('[^']*'\)|\nlimit \d+$/g, '')
  return queries.filter((one, index) => queries.findIndex((other) => shape(other.sql) === shape(one.sql)) === index)
}
