import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { type Coverage, type Stretch, coverageQuery } from '../../../api/coverage'
import { useDenied } from '../../../api/session'
import { formatCount } from '../../../format'
import { formatDuration } from '../../../time/relative'
import type { Span } from '../../../time/range'
import { Badge, type Tone } from '../../../ui/badge'
import { Button } from '../../../ui/button'
import { Facts } from '../../../ui/facts'
import { Loaded } from '../../../ui/states'
import { Table } from '../../../ui/table'
import { Time } from '../../../ui/time'
import { BackfillDialog } from './backfill-dialog'
import './coverage.css'
import { CoverageLegend, CoveragePlot } from './coverage-plot'
import { type Run, STATE_WORDS, runsOf, spanOf, summary } from './runs'

/** More rows than this are no help; the API has the rest. */
const ROWS_MAX = 200
const STATES = ['complete', 'to_be_read', 'hole', 'lost'] as const
const TONES: Record<Run['state'], Tone> = { complete: 'ok', to_be_read: 'accent', hole: 'danger', lost: 'critical' }

/** By what a stretch is proven, or known to be lost. */
const EVIDENCE: Record<string, string> = {
  page_chain: 'Read as it came, page after page',
  window_read: 'Read from beginning to end',
  audit: 'Compared by an audit',
  lost: 'The vendor deleted it before it was read',
}

/** What of a log is proven complete. */
export function CoveragePanel({ sourceId }: { sourceId: string }) {
  const query = useQuery(coverageQuery(sourceId))
  return <Loaded query={query}>{(coverage) => <Picture sourceId={sourceId} coverage={coverage} />}</Loaded>
}

function Picture({ sourceId, coverage }: { sourceId: string; coverage: Coverage }) {
  const [isTable, setIsTable] = useState(false)
  const [asked, setAsked] = useState<Span>()
  const titleId = useId()
  const runs = runsOf(coverage.stretches)
  const span = spanOf(runs)
  return (
    <figure className="chart" aria-labelledby={titleId}>
      <div className="chart-head">
        <h2 id={titleId}>Coverage</h2>
        {span && <CoverageLegend states={STATES.filter((state) => runs.some((run) => run.state === state))} />}
        <Button kind="quiet" size="small" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
          Table
        </Button>
      </div>
      <p role="status">{summary(coverage, runs)}</p>
      {span &&
        (isTable ? (
          <Stretches stretches={coverage.stretches} onAsk={setAsked} />
        ) : (
          <CoveragePlot runs={runs} span={span} titleId={titleId} onChoose={setAsked} />
        ))}
      <Facts
        items={[
          ['Proven from', span && <Time at={span.from.toISOString()} form="absolute" />],
          ['Proven up to', coverage.provenThrough && <Time at={coverage.provenThrough} />],
          [
            'Settled up to',
            coverage.settledThrough && (
              <>
                <Time at={coverage.settledThrough} />: nothing older can still become visible late
              </>
            ),
          ],
        ]}
      />
      {asked && <BackfillDialog sourceId={sourceId} span={asked} onClose={() => setAsked(undefined)} />}
    </figure>
  )
}

function Stretches({ stretches, onAsk }: { stretches: readonly Stretch[]; onAsk: (span: Span) => void }) {
  const denied = useDenied('LogSourceModify')
  // What is missing first: it is what somebody looks for.
  const rows = [...stretches].sort((one, other) => Number(one.state === 'complete') - Number(other.state === 'complete'))
  return (
    <>
      <Table
        label="Stretches of event time"
        head={
          <>
            <th scope="col">State</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" className="number">
              Length
            </th>
            <th scope="col">By what</th>
            <th scope="col">Proven</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </>
        }
      >
        {rows.slice(0, ROWS_MAX).map((stretch) => {
          const span = { from: new Date(stretch.from), to: new Date(stretch.to) }
          return (
            <tr key={stretch.from}>
              <td>
                <Badge tone={TONES[stretch.state]}>{STATE_WORDS[stretch.state]}</Badge>
              </td>
              <td>
                <Time at={stretch.from} form="absolute" />
              </td>
              <td>
                <Time at={stretch.to} form="absolute" />
              </td>
              <td className="number">{formatDuration(span.to.getTime() - span.from.getTime())}</td>
              <td>{stretch.evidence ? (EVIDENCE[stretch.evidence] ?? stretch.evidence) : '–'}</td>
              <td>
                <Time at={stretch.lastProvenAt} />
              </td>
              <td className="number">
                {stretch.state === 'hole' && (
                  <Button size="small" denied={denied} onClick={() => onAsk(span)}>
                    Backfill…
                  </Button>
                )}
              </td>
            </tr>
          )
        })}
      </Table>
      {rows.length > ROWS_MAX && <p className="quiet">The first {formatCount(ROWS_MAX)} of {formatCount(rows.length)} are shown; the API has all of them.</p>}
    </>
  )
}
