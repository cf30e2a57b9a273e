import { useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { DROP_OFF, type Alarm, alarmsQuery } from '../api/alarm'
import { checkLogSource } from '../api/coverage'
import { type LogSource, listedSourcesQuery } from '../api/log-source'
import { useDenied } from '../api/session'
import { useAction } from '../api/use-action'
import { formatCounted } from '../format'
import { useNow } from '../time/clock'
import { Button, ButtonLink } from '../ui/button'
import { SearchInput, Select } from '../ui/input'
import { Page } from '../ui/page'
import { ProblemView } from '../ui/problem-view'
import { EmptyState, Loaded } from '../ui/states'
import { SortHeader, Table, parseSorting } from '../ui/table'
import { toast } from '../ui/toast'
import { connectorOf } from '../connectors/connectors'
import { LogSourceRow } from './log-source/row'
import { STATUS_LABELS, type SourceStatus, statusOf } from './log-source/status'

const PATH = '/integrations/log-sources'
const SORTS = ['name', 'event'] as const

interface Listed {
  source: LogSource
  status: SourceStatus
  dropOff: Alarm | undefined
}

export function LogSourcesPage() {
  const denied = useDenied('LogSourceModify')
  const query = useQuery(listedSourcesQuery)
  const create = denied ? (
    <Button kind="primary" denied={denied}>
      Create New
    </Button>
  ) : (
    <ButtonLink kind="primary" to="/integrations/log-sources/new">
      <Plus size={16} aria-hidden="true" />
      Create New
    </ButtonLink>
  )
  return (
    <Page title="Log Sources" crumbs={[{ label: 'Integrations' }]} actions={query.data?.length === 0 ? undefined : create}>
      <Loaded query={query}>
        {(sources) =>
          sources.length === 0 ? (
            <EmptyState title="No log sources yet">
              <p>A log source pulls audit logs from one service.</p>
              {create}
            </EmptyState>
          ) : (
            <LogSourceList sources={sources} />
          )
        }
      </Loaded>
    </Page>
  )
}

function LogSourceList({ sources }: { sources: LogSource[] }) {
  const search = useSearch({ from: '/frame/integrations/log-sources' })
  const navigate = useNavigate()
  const listed = useListed(sources)
  const sorting = parseSorting(search.sort, SORTS, 'name')
  const shown = listed.filter((one) => isWanted(one, search)).sort(by(sorting))
  const change = (next: Partial<typeof search>) => void navigate({ to: PATH, search: { ...search, ...next }, replace: true })
  const types = [...new Set(sources.map((source) => source.connector))]
  const isFiltered = Boolean(search.q || search.status || search.type)
  const checking = useAction((source: LogSource) => checkLogSource(source.id), {
    changes: [['log-sources']],
    onDone: (_, source) => toast(`${source.label}: ${typeLabel(source.connector)} answered, everything works`),
  })
  const checked = checking.variables?.label
  const header = { sorting, onSort: (sort: string) => change({ sort }) }
  return (
    <>
      {checking.isError && (
        <ProblemView error={checking.error} isFocused>
          <p className="quiet">This is what the check of {checked} found.</p>
        </ProblemView>
      )}
      <div className="toolbar">
        <SearchInput label="Filter by name, type or status" value={search.q ?? ''} onChange={(q) => change({ q })} />
        <Select
          aria-label="Status"
          value={search.status ?? ''}
          options={[{ value: '', label: 'Any status' }, ...Object.entries(STATUS_LABELS).map(([value, label]) => ({ value, label }))]}
          onChange={(status) => change({ status })}
        />
        {types.length > 1 && (
          <Select
            aria-label="Type"
            value={search.type ?? ''}
            options={[{ value: '', label: 'Any type' }, ...types.map((value) => ({ value, label: typeLabel(value) }))]}
            onChange={(type) => change({ type })}
          />
        )}
        <span className="toolbar-end quiet" role="status">
          {checking.isPending && `Checking ${checked}… · `}
          {isFiltered ? `${shown.length} of ${formatCounted(sources.length, 'source')}` : formatCounted(sources.length, 'source')}
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No log source fits the filters">
          <Button onClick={() => change({ q: '', status: '', type: '' })}>Clear filters</Button>
        </EmptyState>
      ) : (
        <Table
          label="Log sources"
          head={
            <>
              <SortHeader label="Name" name="name" {...header} />
              <th scope="col">Status</th>
              <SortHeader label="Last event" name="event" {...header} />
              <th scope="col" className="number">
                Events 24 h
              </th>
              <th scope="col" className="number">
                Volume 24 h
              </th>
              <th scope="col">24 h</th>
              <th scope="col">Drop-off alarm</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </>
          }
        >
          {shown.map(({ source, status, dropOff }) => (
            <LogSourceRow key={source.id} source={source} status={status} dropOff={dropOff} onCheck={() => checking.mutate(source)} />
          ))}
        </Table>
      )}
    </>
  )
}

/** The API tells of alarms source by source. */
function useListed(sources: LogSource[]): Listed[] {
  const now = useNow()
  const alarms = useQueries({ queries: sources.map((source) => alarmsQuery(source.id)) })
  return sources.map((source, index) => {
    const dropOff = alarms[index]?.data?.find((alarm) => alarm.type === DROP_OFF)
    return { source, dropOff, status: statusOf(source, dropOff, now) }
  })
}

function isWanted({ source, status }: Listed, search: { q?: string; status?: string; type?: string }): boolean {
  if (search.status && search.status !== status) return false
  if (search.type && search.type !== source.connector) return false
  const text = `${source.label} ${typeLabel(source.connector)} ${STATUS_LABELS[status]}`.toLowerCase()
  return text.includes((search.q ?? '').trim().toLowerCase())
}

function by({ key, isDescending }: { key: (typeof SORTS)[number]; isDescending: boolean }) {
  const sign = isDescending ? -1 : 1
  return (one: Listed, other: Listed) => {
    if (key === 'name') return sign * one.source.label.localeCompare(other.source.label)
    return sign * (one.source.lastEventAt ?? '').localeCompare(other.source.lastEventAt ?? '')
  }
}

function typeLabel(connector: string): string {
  return connectorOf(connector)?.name ?? connector
}
