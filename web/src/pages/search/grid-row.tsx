import { ChevronDown } from 'lucide-react'
import { type MouseEvent, memo } from 'react'
import { type Row, cellText, isNumeric, offsetText } from '../../search/cell'
import type { GridPlace } from '../../search/grid-keys'
import type { Zone } from '../../time/zone'
import { type GridColumn, targetsOf } from './grid'
import { useValueActions } from './value-menu'

interface GridRowProps {
  row: Row
  index: number
  start: number
  columns: readonly GridColumn[]
  zone: Zone
  /** The cell that has the focus, if it is in this row. */
  activeColumn: number | undefined
  isOpen: boolean
  onActivate: (place: GridPlace) => void
  onOpen: (index: number) => void
}

export const GridRow = memo(function GridRow({ row, index, start, columns, zone, activeColumn, isOpen, onActivate, onOpen }: GridRowProps) {
  const { open } = useValueActions()
  const press = (event: MouseEvent) => {
    // Somebody marks text to copy it.
    if (!document.getSelection()?.isCollapsed) return
    if (event.target instanceof HTMLElement && event.target.closest('.cell-menu')) return
    onOpen(index)
  }
  return (
    <div
      className="grid-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      style={{ transform: `translateY(${start}px)` }}
      onClick={press}
    >
      {columns.map((column, place) => {
        const value = row[column.index]
        const text = cellText(value, column.type, zone)
        const isNull = value === null || value === undefined
        return (
          <div
            key={column.name + place}
            role="gridcell"
            aria-colindex={place + 1}
            className={isNumeric(column.type) ? 'cell number' : 'cell'}
            tabIndex={activeColumn === place ? 0 : -1}
            onFocus={() => activeColumn !== place && onActivate({ row: index, column: place })}
          >
            <span className="cell-text" dir="auto" data-null={isNull || undefined}>
              {isNull ? '–' : text === '' ? '""' : text}
            </span>
            {column.offsets?.isInCells && <span className="cell-offset">{offsetText(value, zone)}</span>}
            <button
              type="button"
              className="cell-menu"
              tabIndex={-1}
              aria-haspopup="menu"
              aria-label={`Actions for ${column.name}`}
              onClick={(event) => open(event.currentTarget, targetsOf(row, column, zone))}
            >
              <ChevronDown size={14} aria-hidden="true" />
            </button>
          </div>
        )
      })}
    </div>
  )
})
