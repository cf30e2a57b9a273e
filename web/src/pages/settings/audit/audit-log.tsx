import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { AUDIT_ENTRIES_SHOWN, type AuditEntry, auditLogQuery } from '../../../api/audit-log'
import { useCan } from '../../../api/session'
import { formatCounted } from '../../../format'
import { searchLink } from '../../../search/state'
import { useNow } from '../../../time/clock'
import { useZone } from '../../../time/use-zone'
import { formatInstant, offsetLabel } from '../../../time/zone'
import { Button } from '../../../ui/button'
import { EmptyState, LoadMore, Loaded } from '../../../ui/states'
import { Table } from '../../../ui/table'
import { Actor } from './actor'
import { AuditFilters } from './audit-filters'
import { EntryDrawer } from './entry-drawer'
import { type AuditSearch, WIDE_RANGE, filterOf, isNarrowed, rangeOf, readSearch } from './filters'
import { ObjectLink } from './object-link'
import { OutcomeBadge } from './outcome-badge'
import { searchTarget } from './search-target'
import { actionLabel, kindLabel } from './words'
import './audit.css'

const PATH = '/settings/audit-log'

/** Who did what, the newest first. */
export function AuditLogTab() {
  const search = readSearch(useSearch({ from: '/frame/settings/audit-log' }))
  const navigate = useNavigate()
  const filter = useFilter(search)
  const canSearch = useCan('DataAnalyticsRead')
  const query = useInfiniteQuery({ ...auditLogQuery(filter ?? {}), enabled: filter !== undefined })
  const entries = query.data?.pages.flatMap(({ results }) => results) ?? []
  const change = (next: AuditSearch) => void navigate({ to: PATH, search: { ...search, ...next }, replace: true })
  const close = () => void navigate({ to: PATH, search: { ...search, entry: '' }, replace: true })
  const clear = () => change({ actor: '', action: '', object: '', outcome: '' })
  return (
    <>
      <p className="quiet">
        What was done by the console, API tokens and the command line, and what was refused. The newest 100,000 entries are here; all of them are rows of the
        table <code>margay_audit</code>, log type <code>Margay.Audit</code>. {canSearch && <Link {...searchLink(searchTarget(search))}>Search in Margay.Audit</Link>}
      </p>
      <AuditFilters search={search} entries={entries} onChange={change} />
      <p className="quiet" role="status">
        {query.data && `${formatCounted(entries.length, 'entry', 'entries')}${query.hasNextPage ? ' and more' : ''}`}
      </p>
      <Loaded query={query}>
        {() =>
          entries.length > 0 ? (
            <EntryTable entries={entries} search={search} isStale={query.isPlaceholderData} />
          ) : (
            <NoEntries search={search} onClear={clear} onWiden={() => change({ ...WIDE_RANGE })} />
          )
        }
      </Loaded>
      <LoadMore query={query} count={AUDIT_ENTRIES_SHOWN} />
      {search.entry && (
        <EntryDrawer
          key={search.entry}
          id={search.entry}
          listed={entries.find(({ id }) => id === search.entry)}
          onClose={close}
          onFilter={(next) => change({ actor: '', action: '', object: '', outcome: '', entry: '', ...next })}
        />
      )}
    </>
  )
}

/** The range counts from when it was chosen: with the clock it would be another question each minute, and pages would be lost. */
function useFilter({ actor, action, object, outcome, from, to }: AuditSearch) {
  const zone = useZone()
  return useMemo(
    () => filterOf(defined({ actor, action, object, outcome, from, to }), new Date(), zone),
    [actor, action, object, outcome, from, to, zone],
  )
}

function defined(search: { [name in keyof AuditSearch]: string | undefined }): AuditSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))
}

interface NoEntriesProps {
  search: AuditSearch
  onClear: () => void
  onWiden: () => void
}

function NoEntries({ search, onClear, onWiden }: NoEntriesProps) {
  const { from } = rangeOf(search)
  const isWide = from === WIDE_RANGE.from
  return (
    <EmptyState title={isNarrowed(search) ? 'No entry fits the filters' : 'Nothing was done in this time'}>
      {isNarrowed(search) && <p>Actors and actions are compared as a whole, not by a part.</p>}
      <div className="form-actions">
        {isNarrowed(search) && <Button onClick={onClear}>Clear filters</Button>}
        {!isWide && <Button onClick={onWiden}>Widen to 90 days</Button>}
      </div>
    </EmptyState>
  )
}

interface EntryTableProps {
  entries: readonly AuditEntry[]
  search: AuditSearch
  isStale: boolean
}

function EntryTable({ entries, search, isStale }: EntryTableProps) {
  const now = useNow()
  const zone = useZone()
  return (
    <Table
      label="Audit log"
      isStale={isStale}
      head={
        <>
          <th scope="col">Time ({offsetLabel(now, zone)})</th>
          <th scope="col">Actor</th>
          <th scope="col">Action</th>
          <th scope="col">Object</th>
          <th scope="col">Outcome</th>
          <th scope="col">Address</th>
        </>
      }
    >
      {entries.map((entry) => (
        <tr key={entry.id} data-current={entry.id === search.entry || undefined}>
          <td className="nowrap">
            <time className="number" dateTime={entry.at}>
              {formatInstant(new Date(entry.at), zone)}
            </time>
          </td>
          <td>
            <Actor actor={entry.actor} />
          </td>
          <td>
            <div className="cell-name">
              <Link to={PATH} search={{ ...search, entry: entry.id }} resetScroll={false}>
                {actionLabel(entry.action)}
              </Link>
            </div>
          </td>
          <td>
            {entry.object && (
              <div className="cell-name">
                <ObjectLink object={entry.object} />
                <span className="meta">{kindLabel(entry.object.kind)}</span>
              </div>
            )}
          </td>
          <td>
            <OutcomeBadge entry={entry} />
          </td>
          <td className="nowrap">{entry.address ? <code>{entry.address}</code> : <span className="quiet">–</span>}</td>
        </tr>
      ))}
    </Table>
  )
}
