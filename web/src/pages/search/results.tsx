// The rows, or why there are none.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { logSourcesQuery } from '../../api/log-source'
import { asProblem, unsaidPlace } from '../../api/problem'
import { formatCount } from '../../format'
import { type Request, type Unaskable, filtersFor, inForce, newestSql, searchedField, unaskable } from '../../search/compile'
import { type Filter, filterWords } from '../../search/filter'
import { ask } from '../../search/run'
import type { SearchTable } from '../../search/table'
import { useNow } from '../../time/clock'
import { LAST_DAY, absolute } from '../../time/range'
import { formatRelative } from '../../time/relative'
import { Banner } from '../../ui/banner'
import { Button, ButtonLink } from '../../ui/button'
import { ProblemView } from '../../ui/problem-view'
import { DeniedState, EmptyState, Skeleton } from '../../ui/states'
import { Grid } from './grid'
import type { OpenEvent } from './use-open-event'
import type { Running } from './use-run'
import type { Search } from './use-search'

interface ResultsProps {
  search: Search
  running: Running
  event: OpenEvent
  total: number | undefined
}

/** The same statement fails the same way. */
const BY_STATEMENT = new Set(['query_invalid', 'query_refused', 'query_too_large'])
export function Results(props: ResultsProps) {
  const { running } = props
  const { view, shownView, current } = running
  const isBusy = view.phase === 'running'
  return (
    <section className="results" aria-label="Results" aria-busy={isBusy}>
      <Above running={running} />
      {shownView.rows.length > 0 ? <Grid {...props} /> : current === undefined ? <NotAsked search={props.search} /> : isBusy ? <Skeleton rows={8} /> : <NoRows {...props} />}
    </section>
  )
}

/** What has to be said although there are rows. */
function Above({ running }: { running: Running }) {
  const { view, runAgain } = running
  const problem = view.error === undefined || view.error === null ? undefined : asProblem(view.error)
  if (problem?.code === 'permission_missing') return <DeniedState detail={problem.detail} />
  if (problem) {
    return (
      <ProblemView error={view.error} onRetry={BY_STATEMENT.has(problem.code) ? undefined : runAgain}>
        {unsaidPlace(problem) !== undefined && <p>{unsaidPlace(problem)}</p>}
        {view.rows.length > 0 && <p>The {formatCount(view.rows.length)} rows below came before that. They are not all.</p>}
      </ProblemView>
    )
  }
  if (view.phase !== 'cancelled') return null
  return (
    <Banner tone="info">
      <p role="status">{view.rows.length > 0 ? `Cancelled. The ${formatCount(view.rows.length)} rows below came before that.` : 'Cancelled before there were rows.'}</p>
      <Button size="small" onClick={runAgain}>
        Run again
      </Button>
    </Banner>
  )
}

function NotAsked({ search }: { search: Search }) {
  const { mode, table, query } = search.state
  if (mode === 'sql') {
    return (
      <EmptyState title="Write a statement and run it">
        <p>One statement that reads. Names of tables and columns are offered while you type.</p>
      </EmptyState>
    )
  }
  if (!table) {
    return (
      <EmptyState title={`There is no table ${query.table}`}>
        <p>The link may be of another server, or its schema is gone.</p>
        <Button onClick={() => search.change({ query: undefined, columns: undefined, by: undefined, event: undefined })}>Search what is there</Button>
      </EmptyState>
    )
  }
  const wrong = unaskable(table, query.filters)
  if (wrong.length > 0) return <NotAskable search={search} table={table} wrong={wrong} />
  return (
    <EmptyState title="This time range cannot be understood">
      <Button onClick={() => search.change({ range: LAST_DAY })}>Search the last 24 hours</Button>
    </EmptyState>
  )
}

/** Nothing runs until each filter can be asked: rows without one would look as if they matched it. */
export function NotAskable({ search, table, wrong }: { search: Search; table: SearchTable; wrong: readonly Unaskable[] }) {
  const { filters } = search.state.query
  const isWrong = (filter: Filter) => wrong.some((one) => one.filter === filter)
  const [it, what] = wrong.length === 1 ? ['it', 'A filter'] : ['them', `${wrong.length} filters`]
  return (
    <EmptyState title={`${what} cannot be asked of ${table.label}`}>
      {wrong.map(({ filter, why }, index) => (
        <p key={index}>
          <bdi className="mono">{filterWords(filter, searchedField(table, filter.field)?.kind).join(' ')}</bdi>: {why}
        </p>
      ))}
      <div className="form-actions">
        <Button onClick={() => search.setFilters(filtersFor(table, filters))}>Pause {it}</Button>
        <Button onClick={() => search.setFilters(filters.filter((filter) => !isWrong(filter)))}>Remove {it}</Button>
      </div>
    </EmptyState>
  )
}

const WIDER = { from: 'now-7d', to: 'now' }
const HOUR_MS = 3_600_000

/** It goes over all times: refreshing a search without rows would else ask for it each time. */
const NEWEST_FRESH_MS = 5 * 60_000

export function newestQuery(request: Request | undefined) {
  return queryOptions({
    queryKey: ['search-newest', request?.table.name, inForce(request?.filters ?? [])],
    queryFn: async ({ signal }) => {
      if (!request) return null
      const { rows } = await ask(newestSql(request), 'values', signal)
      return typeof rows[0]?.[0] === 'string' ? rows[0][0] : null
    },
    staleTime: NEWEST_FRESH_MS,
    retry: false,
  })
}

/** Nothing yet, nothing that matches, or nothing in this time: each has another way out. */
function NoRows({ search, running }: ResultsProps) {
  const { view, current, runAgain } = running
  const now = useNow()
  const sources = useQuery(logSourcesQuery)
  const request = current?.request
  const active = inForce(request?.filters ?? [])
  const newest = useQuery({ ...newestQuery(request), enabled: request !== undefined && view.phase === 'done' })
  // The failure or the cancelling is said above.
  if (view.phase !== 'done') return null
  if (!request) {
    return (
      <EmptyState title="The statement gave no rows">
        <Button onClick={runAgain}>Run again</Button>
      </EmptyState>
    )
  }
  if (sources.data?.every(({ lastEventAt }) => lastEventAt == null)) {
    return (
      <EmptyState title="There are no events yet">
        <p>{sources.data.length === 0 ? 'No log source is connected.' : 'A log source is connected; its first events are on their way.'}</p>
        {sources.data.length === 0 ? (
          <ButtonLink kind="primary" to="/integrations/log-sources/new">
            Create New
          </ButtonLink>
        ) : (
          <ButtonLink to="/integrations/log-sources">Log Sources</ButtonLink>
        )}
      </EmptyState>
    )
  }
  const at = newest.data ? new Date(newest.data) : undefined
  const around = at && absolute({ from: new Date(at.getTime() - HOUR_MS), to: new Date(at.getTime() + 1_000) })
  const goThere = around && <Button onClick={() => search.change({ range: around })}>Show that time</Button>
  if (active.length > 0) {
    return (
      <EmptyState title={active.length === 1 ? 'Nothing matches the filter' : `Nothing matches the ${active.length} filters`}>
        <p>{at ? `The newest event that matches is from ${formatRelative(at, now)}, outside of this time.` : newest.isSuccess ? 'No event of any time matches.' : ''}</p>
        <div className="form-actions">
          <Button onClick={() => search.setFilters([])}>Clear filters</Button>
          {goThere}
        </div>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Nothing happened in this time">
      <p>{at ? `The newest event is from ${formatRelative(at, now)}.` : newest.isSuccess ? 'This log type has no events yet.' : ''}</p>
      <div className="form-actions">
        <Button onClick={() => search.change({ range: WIDER })}>Widen to 7 days</Button>
        {goThere}
      </div>
    </EmptyState>
  )
}
