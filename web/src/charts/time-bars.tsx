// Bars over time: stacked, readable by pointer, keyboard and screen reader, and as a table.
import { type ReactNode, useId, useState } from 'react'
import type { Span } from '../time/range'
import { useZone } from '../time/use-zone'
import { type Precision, formatInstant, offsetLabel } from '../time/zone'
import { Button } from '../ui/button'
import { BarsPlot } from './bars-plot'
import { Legend } from './legend'

/** Named by its place, so that the same value has the same colour everywhere. */
export type SeriesColor = '1' | '2' | '3' | '4' | '5' | '6' | 'other' | 'soft' | 'danger'

export interface Series {
  label: string
  color: SeriesColor
  values: readonly number[]
}

export interface TimeBarsProps {
  title: string
  /** The beginning of each bar. */
  at: readonly Date[]
  stepMinutes: number
  /** Where the last bar ends, if that is not a step after it began: a range may cut it. */
  until?: Date
  /** Of the picture, in pixels. */
  height?: number
  /** The legend has one line, until it is unfolded. */
  isLegendShort?: boolean
  /** What stands beside the legend. */
  controls?: ReactNode
  series: readonly Series[]
  /** On top of each other, or from the same ground with the later one in front. */
  arrangement?: 'stacked' | 'overlaid'
  format: (value: number) => string
  tickBase?: 10 | 60
  onZoom?: (span: Span) => void
}

export function TimeBars(props: TimeBarsProps) {
  const { title, at, series } = props
  const [isTable, setIsTable] = useState(false)
  const titleId = useId()
  const shown = series.filter((one) => one.values.some((value) => value > 0))
  return (
    <figure className="chart" aria-labelledby={titleId}>
      <div className="chart-head">
        <h2 id={titleId}>{title}</h2>
        <Legend series={shown.length > 0 ? shown : series.slice(0, 1)} isOneLine={props.isLegendShort} />
        {props.controls}
        <Button kind="quiet" size="small" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
          Table
        </Button>
      </div>
      {isTable ? <BarsTable {...props} /> : <BarsPlot {...props} titleId={titleId} />}
      {at.length === 0 && <p className="quiet">Nothing to show.</p>}
    </figure>
  )
}

/** Bars of less than a minute begin at seconds, those of less than a second in between. */
export function precisionOf(stepMinutes: number): Precision {
  if (stepMinutes >= 1) return 'minute'
  return stepMinutes * 60 >= 1 ? 'second' : 'millisecond'
}

function BarsTable({ title, at, series, format, stepMinutes }: TimeBarsProps) {
  const zone = useZone()
  const rows = at.map((begin, index) => ({ begin, index })).filter(({ index }) => series.some((one) => (one.values[index] ?? 0) > 0))
  return (
    <div className="table-wrap chart-table" role="group" aria-label={title} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">From ({offsetLabel(at[0] ?? new Date(), zone)})</th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ begin, index }) => (
            <tr key={begin.getTime()}>
              <td className="nowrap">{formatInstant(begin, zone, precisionOf(stepMinutes))}</td>
              {series.map(({ label, values }) => (
                <td key={label} className="number">
                  {format(values[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="menu-label">Nothing in this time.</p>}
    </div>
  )
}
