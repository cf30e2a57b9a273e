import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react'
import type { StretchState } from '../../../api/coverage'
import { useWidth } from '../../../charts/bars-plot'
import { timeTicks } from '../../../charts/scale'
import { keyTarget, sliderProps } from '../../../charts/slider'
import { formatDuration } from '../../../time/relative'
import type { Span } from '../../../time/range'
import { useZone } from '../../../time/use-zone'
import { type Zone, formatInstant, offsetLabel } from '../../../time/zone'
import { type Run, STATE_WORDS, labels, placed } from './runs'

const HEIGHT = 76
const BAR_TOP = 4
const BAR_HEIGHT = 28
const WORD_Y = 46
const TICK_Y = 70
const TICK_WIDTH = 84
/** Narrower than this nobody sees it, let alone hits it. */
const PIECE_WIDTH_MIN = 4
const LETTER_WIDTH = 6.4

interface CoveragePlotProps {
  runs: readonly Run[]
  span: Span
  titleId: string
  /** What is done with a stretch that somebody chose. */
  onChoose: (run: Run) => void
}

/** Event time as a line. One stretch at a time is read out: as the tooltip, and as the value of a slider. */
export function CoveragePlot({ runs, span, titleId, onChoose }: CoveragePlotProps) {
  const zone = useZone()
  const { box, width } = useWidth()
  const [current, setCurrent] = useState<number>()
  const patterns = useId()
  const scale = width / Math.max(span.to.getTime() - span.from.getTime(), 1)
  const x = (at: Date) => (at.getTime() - span.from.getTime()) * scale
  const pieces = placed(runs, span, width, PIECE_WIDTH_MIN)
  const proven = runs.filter(({ state }) => state === 'complete')
  const shown = runs[current ?? runs.length - 1]
  const run = current === undefined ? undefined : runs[current]

  const steer = (event: KeyboardEvent) => {
    const next = keyTarget(event.key, current ?? runs.length - 1, runs.length)
    if (next !== undefined) setCurrent(next)
    else if (event.key === 'Enter' && run && isMissing(run)) onChoose(run)
    else return
    event.preventDefault()
  }
  const runAt = (event: PointerEvent) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left
    // What is drawn wider than it is can be hit as it is drawn.
    const index = runs.findIndex((one) => one.state !== 'complete' && x(one.from) - 2 <= at && at <= Math.max(x(one.to), x(one.from) + PIECE_WIDTH_MIN) + 2)
    return index === -1 ? runs.findIndex((one) => x(one.from) <= at && at < x(one.to)) : index
  }

  return (
    <div
      ref={box}
      className="chart-stage"
      {...sliderProps({ titleId, count: runs.length, current, text: shown && spoken(shown, zone), onShow: setCurrent })}
      onBlur={() => setCurrent(undefined)}
      onKeyDown={steer}
      onPointerMove={(event) => {
        const index = runAt(event)
        setCurrent(index === -1 ? undefined : index)
      }}
      onPointerLeave={() => setCurrent(undefined)}
      onClick={() => run && isMissing(run) && onChoose(run)}
    >
      <svg height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        <Patterns id={patterns} />
        {proven.map((one) => (
          <rect key={one.from.getTime()} className="coverage-complete" x={x(one.from)} y={BAR_TOP} width={x(one.to) - x(one.from)} height={BAR_HEIGHT} />
        ))}
        {pieces.map((piece) => (
          <g key={piece.x}>
            <rect className="coverage-ground" x={piece.x} y={BAR_TOP} width={piece.width} height={BAR_HEIGHT} />
            <rect className={`coverage-${piece.state}`} fill={`url(#${patterns}-${piece.state})`} x={piece.x} y={BAR_TOP} width={piece.width} height={BAR_HEIGHT} />
          </g>
        ))}
        {labels(pieces, width, (word) => (word.length + 1) * LETTER_WIDTH).map(({ text, x: middle }) => (
          <text key={`${text} ${middle}`} className="coverage-word" x={middle} y={WORD_Y} textAnchor="middle">
            {text}
          </text>
        ))}
        {timeTicks(span, Math.max(2, Math.floor(width / TICK_WIDTH)), zone).map((tick) => (
          <text key={tick.at.getTime()} className="chart-label" x={x(tick.at)} y={TICK_Y} textAnchor={x(tick.at) > width - 50 ? 'end' : 'start'}>
            {tick.label}
          </text>
        ))}
        {run && (
          <rect
            className="coverage-current"
            x={x(run.from)}
            y={BAR_TOP - 2}
            width={Math.max(x(run.to) - x(run.from), PIECE_WIDTH_MIN)}
            height={BAR_HEIGHT + 4}
            rx={3}
          />
        )}
      </svg>
      {run && <RunTip run={run} middle={(x(run.from) + x(run.to)) / 2} width={width} />}
    </div>
  )
}

/** What is lost cannot be read any more, and what is proven need not be. */
function isMissing({ state }: Run): boolean {
  return state === 'hole' || state === 'to_be_read'
}

function spoken({ state, from, to }: Run, zone: Zone): string {
  const span = `${formatInstant(from, zone, 'minute')} to ${formatInstant(to, zone, 'minute')} ${offsetLabel(to, zone)}`
  return `${STATE_WORDS[state]}: ${span}, ${formatDuration(to.getTime() - from.getTime())}`
}

function RunTip({ run, middle, width }: { run: Run; middle: number; width: number }) {
  const zone = useZone()
  // At the right edge it would be cut off: there it hangs to the left.
  const place = middle > width / 2 ? { right: Math.max(width - middle, 0) + 8 } : { left: middle + 8 }
  return (
    <div className="chart-tip coverage-tip" style={place} aria-hidden="true">
      <strong>{STATE_WORDS[run.state]}</strong>
      <span>
        {formatInstant(run.from, zone, 'minute')} to {formatInstant(run.to, zone, 'minute')} {offsetLabel(run.to, zone)}
      </span>
      <span className="quiet">{formatDuration(run.to.getTime() - run.from.getTime())}</span>
      {isMissing(run) && <span className="quiet">Enter or a click reads it again</span>}
    </div>
  )
}

/** Each state has a pattern of its own: none is told by its colour alone. */
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-to_be_read`} width="8" height="8" patternUnits="userSpaceOnUse">
        <circle className="coverage-dot" cx="4" cy="4" r="1.6" />
      </pattern>
      <pattern id={`${id}-hole`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="coverage-stripe" width="3" height="8" />
      </pattern>
      <pattern id={`${id}-lost`} width="8" height="8" patternUnits="userSpaceOnUse">
        <path className="coverage-cross" d="M1 1 L7 7 M7 1 L1 7" />
      </pattern>
    </defs>
  )
}

/** What the patterns mean. */
export function CoverageLegend({ states }: { states: readonly StretchState[] }) {
  const id = useId()
  return (
    <ul className="chart-legend">
      {states.map((state) => (
        <li key={state}>
          <svg width="18" height="12" aria-hidden="true">
            <Patterns id={id} />
            <rect className={state === 'complete' ? 'coverage-complete' : 'coverage-ground'} width="18" height="12" rx="2" />
            {state !== 'complete' && <rect className={`coverage-${state}`} fill={`url(#${id}-${state})`} x="0.5" y="0.5" width="17" height="11" />}
          </svg>
          {STATE_WORDS[state]}
        </li>
      ))}
    </ul>
  )
}
