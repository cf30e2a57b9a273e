import { ChevronDown, ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import { TimeBars } from '../../charts/time-bars'
import { formatCount } from '../../format'
import { seriesOf } from '../../search/bins'
import { tellingFields } from '../../search/compile'
import { cutText } from '../../search/run'
import { rememberOpen, rememberedOpen } from '../../search/layout'
import { ALL_LOGS } from '../../search/table'
import { absolute } from '../../time/range'
import { Button } from '../../ui/button'
import { Select } from '../../ui/input'
import { Prose } from '../../ui/prose'
import { asProblem } from '../../api/problem'
import { sentence } from '../../format'
import { type Bars, BY_NOTHING } from './use-bars'
import type { Running } from './use-run'
import type { Search } from './use-search'

const HEIGHT = 96
const MINUTE_MS = 60_000

interface HistogramProps {
  search: Search
  running: Running
  bars: Bars
}

/** How many, over time. It stays shut when it was shut. */
export function Histogram({ search, bars, running }: HistogramProps) {
  const [isOpen, setIsOpen] = useState(() => rememberedOpen('bars', true))
  const toggle = () => {
    rememberOpen('bars', !isOpen)
    setIsOpen(!isOpen)
  }
  const shut = (
    <Button kind="quiet" size="small" aria-expanded={isOpen} onClick={toggle}>
      {isOpen ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
      Bars
    </Button>
  )
  const series = useMemo(() => (bars.bins ? seriesOf(bars.bins, bars.counts, bars.by) : []), [bars.bins, bars.counts, bars.by])
  if (!isOpen) return <div className="histogram">{shut}</div>
  const controls = (
    <>
      {shut}
      <ByChoice search={search} bars={bars} />
      {search.state.mode === 'sql' && bars.total !== undefined && <span className="meta">{formatCount(bars.total)} in the chosen time</span>}
      {bars.cutBy !== undefined && <span role="status">The bars are not all: their counts were {cutText(bars.cutBy)}.</span>}
    </>
  )
  if (bars.why !== undefined || bars.error || !bars.bins) {
    const isWaiting = bars.why === undefined && !bars.error && running.current !== undefined && running.view.phase !== 'failed'
    return (
      <div className="histogram" data-waiting={isWaiting || undefined} aria-busy={isWaiting}>
        <div className="toolbar">
          {controls}
          <span className="quiet">
            <Prose text={bars.why ?? (bars.error ? `No bars. ${sentence(asProblem(bars.error).detail)}` : '')} />
          </span>
        </div>
      </div>
    )
  }
  const { at, until, stepMs } = bars.bins
  return (
    <div className="histogram" data-stale={bars.isStale || undefined} aria-busy={bars.isStale && running.view.phase !== 'failed'}>
      <TimeBars
        title="Events over time"
        at={at}
        until={until}
        stepMinutes={stepMs / MINUTE_MS}
        height={HEIGHT}
        series={series.length > 0 ? series : [{ label: 'Events', color: '1', values: at.map(() => 0) }]}
        format={formatCount}
        controls={controls}
        isLegendShort
        onZoom={(span) => search.change({ range: absolute(span) })}
      />
    </div>
  )
}

function ByChoice({ search, bars }: { search: Search; bars: Bars }) {
  const { table, mode, shownColumns } = search.state
  if (mode === 'sql' || !table) return null
  const standard = [BY_NOTHING, ...(table.name === ALL_LOGS ? ['p_log_type'] : []), 'p_source_label']
  const isText = (name: string) => table.fields.some((field) => field.name === name && field.kind === 'text')
  const own = [...tellingFields(table).map(({ name }) => name), ...shownColumns].filter(isText)
  const names = [...new Set([...standard, ...own, ...(bars.by ? [bars.by] : [])])]
  return (
    <Select
      aria-label="Stack the bars by"
      value={bars.by ?? BY_NOTHING}
      options={names.map((name) => ({ value: name, label: name === BY_NOTHING ? 'by nothing' : `by ${name}` }))}
      onChange={(by) => search.replace({ by })}
    />
  )
}
