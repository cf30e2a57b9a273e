// What the colours of a chart stand for.
import { useLayoutEffect, useRef, useState } from 'react'
import type { Series } from './time-bars'

interface LegendProps {
  series: readonly Pick<Series, 'label' | 'color'>[]
  /** What does not fit into one line is counted, and shown when asked for. */
  isOneLine?: boolean | undefined
}

export function Legend({ series, isOneLine = false }: LegendProps) {
  const list = useRef<HTMLUListElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  const hidden = useWrapped(list, series.map(({ label }) => label).join('\n'))
  const items = (
    <ul ref={list} className="chart-legend" data-cut={(isOneLine && !isOpen) || undefined}>
      {series.map(({ label, color }) => (
        <li key={label}>
          <span className={`swatch series-${color}`} />
          <span className="chart-legend-label">{label}</span>
        </li>
      ))}
    </ul>
  )
  if (!isOneLine) return items
  return (
    <div className="chart-legend-line">
      {items}
      {(hidden > 0 || isOpen) && (
        <button type="button" className="button" data-kind="quiet" data-size="small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Less' : `+${hidden}`}
          {!isOpen && <span className="visually-hidden"> more in the legend</span>}
        </button>
      )}
    </div>
  )
}

/** How many items are below the first line. */
function useWrapped(list: { current: HTMLUListElement | null }, labels: string): number {
  const [count, setCount] = useState(0)
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const measure = () => {
      const items = [...element.children].filter((item) => item instanceof HTMLElement)
      const top = items[0]?.offsetTop ?? 0
      setCount(items.filter((item) => item.offsetTop > top).length)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [list, labels])
  return count
}
