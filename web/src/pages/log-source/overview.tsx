import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { type LogSource, logSourceQuery } from '../../api/log-source'
import { type Flow, type MetricsHistory, metricsQuery } from '../../api/metrics'
import { TimeBars } from '../../charts/time-bars'
import { filled, stepMinutes } from '../../charts/scale'
import { formatBytes, formatChange, formatCount } from '../../format'
import { useNow } from '../../time/clock'
import { LAST_DAY, type Span, type TimeRange, absolute, previous, resolve } from '../../time/range'
import { RangePicker } from '../../time/range-picker'
import { formatDuration, formatRelative } from '../../time/relative'
import { useZone } from '../../time/use-zone'
import { Button } from '../../ui/button'
import { EmptyState, Loaded } from '../../ui/states'
import { emptyStep } from './use-last-day'

const WIDER: TimeRange = { from: 'now-7d', to: 'now' }
/** Relative ranges move on so often: every tick of the clock would ask the server anew. */
const REFRESH_MS = 60_000

export function OverviewTab() {
  const { id } = useParams({ from: '/frame/integrations/log-sources/$id' })
  const search = useSearch({ from: '/frame/integrations/log-sources/$id/overview' })
  const navigate = useNavigate()
  const source = useQuery(logSourceQuery(id)).data
  const range: TimeRange = search.from && search.to ? { from: search.from, to: search.to } : LAST_DAY
  const choose = (next: TimeRange) =>
    void navigate({ to: '/integrations/log-sources/$id/overview', params: { id }, search: { from: next.from, to: next.to } })
  const span = useSpan(range)
  return (
    <div className="stack">
      <div className="toolbar">
        <RangePicker range={range} onChange={choose} />
      </div>
      {span && source ? (
        <Measures source={source} span={span} onRange={choose} />
      ) : (
        <EmptyState title="This time range cannot be understood">
          <Button onClick={() => choose(LAST_DAY)}>Show the last 24 hours</Button>
        </EmptyState>
      )}
    </div>
  )
}

/** The instants of a range, changing once a minute at most. */
function useSpan(range: TimeRange): Span | undefined {
  const now = useNow()
  const zone = useZone()
  const minute = Math.ceil(now.getTime() / REFRESH_MS) * REFRESH_MS
  return useMemo(() => resolve(range, new Date(minute), zone), [range.from, range.to, minute, zone])
}

function Measures({ source, span, onRange }: { source: LogSource; span: Span; onRange: (range: TimeRange) => void }) {
  const now = useNow()
  const step = stepMinutes(span, now)
  const before = previous(span)
  const query = useQuery(metricsQuery(source.id, span, step))
  const earlier = useQuery(metricsQuery(source.id, before, stepMinutes(before, now))).data?.total
  return (
    <Loaded query={query}>
      {(history) => (
        <>
          <Figures source={source} total={history.total} earlier={earlier} />
          {history.steps.length === 0 ? (
            <EmptyState title="Nothing flowed in this time">
              <p>
                {source.lastEventAt ? `The newest event is from ${formatRelative(new Date(source.lastEventAt), now)}.` : 'No event has come yet.'}
              </p>
              <Button onClick={() => onRange(WIDER)}>Widen to 7 days</Button>
            </EmptyState>
          ) : (
            <Charts source={source} history={history} onZoom={(chosen) => onRange(absolute(chosen))} />
          )}
        </>
      )}
    </Loaded>
  )
}

function Figures({ source, total, earlier }: { source: LogSource; total: Flow; earlier: Flow | undefined }) {
  const now = useNow()
  const change = (of: (flow: Flow) => number) => {
    const text = earlier && formatChange(of(total), of(earlier))
    return text ? `${text} against the time before` : 'Nothing before to compare with'
  }
  const age = source.lastEventAt ? formatRelative(new Date(source.lastEventAt), now) : 'None yet'
  return (
    <div className="figures">
      <Figure name="Events processed" value={formatCount(total.events)} note={change((flow) => flow.events)} />
      <Figure name="Data processed" value={formatBytes(total.bytes)} note={change((flow) => flow.bytes)} />
      <Figure name="Newest event" value={age} note={landedAfter(total)} />
      <Figure name="Classification failures" value={formatCount(total.rejects)} note={total.rejects === 0 ? 'Every record fits the schema' : 'See Health for the last one'} />
    </div>
  )
}

/** Of the past of a source no lag is measured: it lags behind nothing. */
function landedAfter(total: Flow): string {
  if (total.events === 0) return 'Nothing landed'
  return total.lagMsAverage == null ? 'How soon it landed is not known yet' : `Landed after ${formatDuration(total.lagMsAverage)} on average`
}

function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div className="figure">
      <span className="quiet">{name}</span>
      <span className="figure-value">{value}</span>
      <span className="meta">{note}</span>
    </div>
  )
}

function Charts({ source, history, onZoom }: { source: LogSource; history: MetricsHistory; onZoom: (span: Span) => void }) {
  const steps = filled(history.steps, new Date(history.from), new Date(history.to), history.intervalMinutes, emptyStep)
  const shared = { at: steps.map((step) => new Date(step.at)), stepMinutes: history.intervalMinutes, onZoom }
  return (
    <>
      <div className="card">
        <TimeBars
          {...shared}
          title="Events by log type"
          format={formatCount}
          series={[
            { label: source.logType, color: '1', values: steps.map((step) => step.events) },
            { label: 'Classification failures', color: 'danger', values: steps.map((step) => step.rejects) },
          ]}
        />
      </div>
      <div className="chart-pair">
        <div className="card">
          <TimeBars
            {...shared}
            title="Bytes by log type"
            format={formatBytes}
            series={[{ label: source.logType, color: '1', values: steps.map((step) => step.bytes) }]}
          />
        </div>
        <div className="card">
          <TimeBars
            {...shared}
            title="From event to landing"
            arrangement="overlaid"
            format={formatDuration}
            series={[
              { label: 'Longest', color: 'soft', values: steps.map((step) => step.lagMsMax ?? 0) },
              { label: 'Average', color: '1', values: steps.map((step) => step.lagMsAverage ?? 0) },
            ]}
          />
        </div>
      </div>
      <p className="meta">Bars count events when they landed. A backfill lands past events today.</p>
    </>
  )
}
