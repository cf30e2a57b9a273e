import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { useZone } from '../time/use-zone'
import { formatInstant, offsetLabel } from '../time/zone'
import { stacked, ticks, timeTicks } from './scale'
import { keyTarget, sliderProps } from './slider'
import { type TimeBarsProps, precisionOf } from './time-bars'

const HEIGHT = 148
const PLOT_TOP = 8
/** Below the bars: the names of times. */
const FOOT = 24
/** Lines across the bars need so much room each. */
const SCALE_LINE_HEIGHT = 16
const LEFT = 56
const RIGHT = 8
const BAR_GAP = 0.18
const TICK_WIDTH = 84
const MINUTE_MS = 60_000

interface Selection {
  from: number
  to: number
}

/** The picture. One bar at a time is read out: as the tooltip, and as the value of a slider. */
export function BarsPlot(props: TimeBarsProps & { titleId: string }) {
  const { at, stepMinutes, series, format, titleId, onZoom, arrangement = 'stacked', height = HEIGHT } = props
  const zone = useZone()
  const { box, width } = useWidth()
  const [current, setCurrent] = useState<number>()
  const [selection, setSelection] = useState<Selection>()
  const first = at[0]
  if (!first) return null

  const parts = arrangement === 'stacked' ? stacked(series.map((one) => one.values)) : series.map((one) => one.values.map((value): [number, number] => [0, value]))
  const scale = ticks(Math.max(0, ...parts.flat().map(([, top]) => top)), props.tickBase)
  const highest = scale.at(-1) ?? 1
  const plotHeight = height - PLOT_TOP - FOOT
  const lines = plotHeight / scale.length >= SCALE_LINE_HEIGHT ? scale : [0, highest]
  const endOf = (index: number) => at[index + 1] ?? props.until ?? new Date((at[index] ?? first).getTime() + stepMinutes * MINUTE_MS)
  const span = { from: first, to: endOf(at.length - 1) }
  const plotWidth = Math.max(width - LEFT - RIGHT, 1)
  const xOf = (moment: Date) => LEFT + ((moment.getTime() - span.from.getTime()) / (span.to.getTime() - span.from.getTime())) * plotWidth
  const x = (index: number) => xOf(at[index] ?? first)
  const widthOf = (index: number) => xOf(endOf(index)) - x(index)
  const y = (value: number) => PLOT_TOP + plotHeight * (1 - value / highest)
  const barAt = (event: PointerEvent) => {
    const offset = event.clientX - event.currentTarget.getBoundingClientRect().left
    return Math.max(0, at.findLastIndex((_, index) => x(index) <= offset))
  }
  const zoom = (chosen: Selection) => {
    const [from, to] = [Math.min(chosen.from, chosen.to), Math.max(chosen.from, chosen.to)]
    const begin = at[from]
    setSelection(undefined)
    if (begin) onZoom?.({ from: begin, to: endOf(to) })
  }
  const steer = (event: KeyboardEvent) => {
    const next = keyTarget(event.key, current ?? at.length - 1, at.length)
    if (next !== undefined) {
      setSelection(event.shiftKey && onZoom ? { from: selection?.from ?? current ?? next, to: next } : undefined)
      setCurrent(next)
    } else if (event.key === 'Enter' && onZoom && current !== undefined) zoom(selection ?? { from: current, to: current })
    else if (event.key === 'Escape' && selection) setSelection(undefined)
    else return
    event.preventDefault()
  }
  const spoken = (index: number) => {
    const begin = at[index] ?? first
    const values = series.map(({ label, values: all }) => `${label} ${format(all[index] ?? 0)}`)
    return `${formatInstant(begin, zone, precisionOf(stepMinutes))} ${offsetLabel(begin, zone)}: ${values.join(', ')}`
  }

  return (
    <div
      ref={box}
      className="chart-stage"
      {...sliderProps({ titleId, count: at.length, current, text: spoken(current ?? at.length - 1), onShow: setCurrent })}
      onBlur={() => {
        setCurrent(undefined)
        setSelection(undefined)
      }}
      onKeyDown={steer}
      onPointerMove={(event) => {
        setCurrent(barAt(event))
        if (selection && event.buttons === 1) setSelection({ ...selection, to: barAt(event) })
      }}
      onPointerDown={(event) => {
        if (!onZoom || event.button !== 0 || event.pointerType === 'touch') return
        setSelection({ from: barAt(event), to: barAt(event) })
      }}
      onPointerUp={() => {
        if (selection && selection.from !== selection.to) zoom(selection)
        else setSelection(undefined)
      }}
      onPointerLeave={() => setCurrent(undefined)}
    >
      <svg height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {lines.map((value) => (
          <g key={value}>
            <line className="chart-grid" x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
            <text className="chart-label" x={LEFT - 8} y={y(value) + 4} textAnchor="end">
              {format(value)}
            </text>
          </g>
        ))}
        {timeTicks(span, Math.max(2, Math.floor(plotWidth / TICK_WIDTH)), zone).map((tick) => (
          <text key={tick.at.getTime()} className="chart-label" x={xOf(tick.at)} y={height - 4} textAnchor={xOf(tick.at) > width - 30 ? 'end' : 'start'}>
            {tick.label}
          </text>
        ))}
        {current !== undefined && <rect className="chart-cursor" x={x(current)} y={PLOT_TOP} width={widthOf(current)} height={plotHeight} />}
        {series.map(({ label, color }, place) => (
          <g key={label} className={`series-${color}`}>
            {parts[place]?.map(([base, top], index) =>
              top > base ? (
                <rect key={index} x={x(index) + (widthOf(index) * BAR_GAP) / 2} width={widthOf(index) * (1 - BAR_GAP)} y={y(top)} height={Math.max(y(base) - y(top), 1)} />
              ) : null,
            )}
          </g>
        ))}
        {selection && (
          <rect
            className="chart-brush"
            x={x(Math.min(selection.from, selection.to))}
            y={PLOT_TOP}
            width={xOf(endOf(Math.max(selection.from, selection.to))) - x(Math.min(selection.from, selection.to))}
            height={plotHeight}
          />
        )}
      </svg>
      {current !== undefined && <BarTip {...props} index={current} left={x(current) + widthOf(current) / 2} width={width} />}
    </div>
  )
}

function BarTip({ at, series, format, stepMinutes, index, left, width }: TimeBarsProps & { index: number; left: number; width: number }) {
  const zone = useZone()
  const begin = at[index]
  if (!begin) return null
  // At the right edge it would be cut off: there it hangs to the left.
  const place = left > width / 2 ? { right: width - left + 12 } : { left: left + 12 }
  return (
    <div className="chart-tip" style={place} aria-hidden="true">
      <span className="quiet">
        {formatInstant(begin, zone, precisionOf(stepMinutes))} {offsetLabel(begin, zone)}
      </span>
      {series.map(({ label, color, values }) => (
        <span key={label} className="chart-tip-row">
          <span className={`swatch series-${color}`} />
          {label}
          <span>{format(values[index] ?? 0)}</span>
        </span>
      ))}
    </div>
  )
}

const WIDTH_AT_FIRST = 600

/** The width of an element, as it changes. */
export function useWidth() {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(WIDTH_AT_FIRST)
  useEffect(() => {
    if (!box.current) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(1, Math.floor(entry.contentRect.width))))
    observer.observe(box.current)
    return () => observer.disconnect()
  }, [])
  return { box, width }
}
