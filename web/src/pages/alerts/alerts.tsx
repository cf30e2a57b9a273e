import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ALERTS_SHOWN, type Alert, type AlertFilter, alertsQuery } from '../../api/alert'
import { logSourcesQuery } from '../../api/log-source'
import { formatCounted } from '../../format'
import { parseMoment } from '../../time/range'
import { UTC } from '../../time/zone'
import { Button } from '../../ui/button'
import { Select } from '../../ui/input'
import { Page } from '../../ui/page'
import { SeverityBadge } from '../../ui/severity'
import { EmptyState, Loaded, LoadMore } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { AlertStatusBadge, STATUSES } from './status'

const PATH = '/alerts'
/** What still needs somebody. */
const UNDONE = 'OPEN,TRIAGED'
const ANY_STATUS = 'all'
const MINUTE_MS = 60_000

const STATUS_OPTIONS = [
  { value: UNDONE, label: 'Open and triaged' },
  ...STATUSES,
  { value: ANY_STATUS, label: 'Any status' },
]
const SINCE_OPTIONS = [
  { value: '', label: 'Any time' },
  { value: 'now-24h', label: 'Last 24 hours' },
  { value: 'now-7d', label: 'Last 7 days' },
  { value: 'now-30d', label: 'Last 30 days' },
]

export function AlertsPage() {
  const search = useSearch({ from: '/frame/alerts' })
  const navigate = useNavigate()
  const sources = useQuery(logSourcesQuery).data ?? []
  const status = search.status ?? UNDONE
  const query = useInfiniteQuery(alertsQuery(filterOf({ ...search, status })))
  const change = (next: Partial<typeof search>) => void navigate({ to: PATH, search: { ...search, ...next }, replace: true })
  const alerts = query.data?.pages.flatMap((page) => page.results)
  return (
    <Page title="Alerts & Errors">
      <div className="toolbar">
        <Select aria-label="Status" data-shortcut-search value={status} options={STATUS_OPTIONS} onChange={(value) => change({ status: value })} />
        <Select
          aria-label="Log source"
          value={search.source ?? ''}
          options={[{ value: '', label: 'Any log source' }, ...sources.map(({ id, label }) => ({ value: id, label }))]}
          onChange={(source) => change({ source })}
        />
        <Select aria-label="Raised" value={search.since ?? ''} options={SINCE_OPTIONS} onChange={(since) => change({ since })} />
        <span className="toolbar-end quiet" role="status">
          {alerts && `${formatCounted(alerts.length, 'alert')}${query.hasNextPage ? ' and more' : ''}`}
        </span>
      </div>
      <Loaded query={query}>
        {(data) => {
          const found = data.pages.flatMap((page) => page.results)
          if (found.length > 0) return <AlertTable alerts={found} isStale={query.isPlaceholderData} />
          const isNarrow = Boolean(search.source || search.since) || status !== UNDONE
          return <NoAlerts isNarrow={isNarrow} onClear={() => change({ status: '', source: '', since: '' })} onAll={() => change({ status: ANY_STATUS })} />
        }}
      </Loaded>
      <LoadMore query={query} count={ALERTS_SHOWN} />
    </Page>
  )
}

function filterOf({ status, source, since }: { status: string; source?: string; since?: string }): AlertFilter {
  // Whole minutes, so that the clock does not make another question of it all the time.
  const now = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS)
  const after = since && parseMoment(since, 'start', now, UTC)?.toISOString()
  return { status: status === ANY_STATUS ? '' : status, source, createdAfter: after || undefined }
}

function NoAlerts({ isNarrow, onClear, onAll }: { isNarrow: boolean; onClear: () => void; onAll: () => void }) {
  if (isNarrow) {
    return (
      <EmptyState title="No alert fits the filters">
        <Button onClick={onClear}>Clear filters</Button>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Nothing needs you">
      <p>No alert is open or triaged. Alerts come when an alarm of a log source, or of the server, sounds.</p>
      <Button onClick={onAll}>Show all alerts</Button>
    </EmptyState>
  )
}

function AlertTable({ alerts, isStale }: { alerts: readonly Alert[]; isStale: boolean }) {
  return (
    <Table
      label="Alerts"
      isStale={isStale}
      head={
        <>
          <th scope="col">Severity</th>
          <th scope="col">Alert</th>
          <th scope="col">Status</th>
          <th scope="col">Raised</th>
          <th scope="col">Over</th>
          <th scope="col">Looked after by</th>
        </>
      }
    >
      {alerts.map((alert) => (
        <tr key={alert.id}>
          <td>
            <SeverityBadge severity={alert.severity} />
          </td>
          <td>
            <div className="cell-name">
              <Link to="/alerts/$id" params={{ id: alert.id }}>
                {alert.title}
              </Link>
              <span className="meta">{alert.sourceLabel ?? 'The server'}</span>
            </div>
          </td>
          <td>
            <AlertStatusBadge status={alert.status} />
          </td>
          <td>
            <Time at={alert.createdAt} />
          </td>
          <td>
            <Time at={alert.recoveredAt} none="Lasts" />
          </td>
          <td>{alert.assignee ?? <span className="quiet">Nobody</span>}</td>
        </tr>
      ))}
    </Table>
  )
}
