import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { isNumeric } from '../../search/cell'
import { searchedField } from '../../search/compile'
import { WIDTH_MAX, WIDTH_MIN, WIDTH_STEP, moved, widthWithin } from '../../search/layout'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu'
import type { GridColumn } from './grid'
import type { Search } from './use-search'

interface GridHeadProps {
  columns: readonly GridColumn[]
  search: Search
  /** The columns are those of a statement: they can be resized, not chosen. */
  isSql: boolean
  onResize: (name: string, width: number) => void
}

const DRAGGED = 'text/x-margay-column'

export function GridHead({ columns, search, isSql, onResize }: GridHeadProps) {
  const names = columns.map(({ name }) => name)
  return (
    <div className="grid-head" role="rowgroup">
      <div className="grid-row" role="row" aria-rowindex={1}>
        {columns.map((column, index) => (
          <HeadCell key={column.name + index} column={column} index={index} names={names} search={search} isSql={isSql} onResize={onResize} />
        ))}
      </div>
    </div>
  )
}

interface HeadCellProps extends Omit<GridHeadProps, 'columns'> {
  column: GridColumn
  index: number
  names: readonly string[]
}

function HeadCell({ column, index, names, search, isSql, onResize }: HeadCellProps) {
  const { name, type, width, offsets } = column
  const { sorting, table } = search.state
  const kind = table && searchedField(table, name)?.kind
  const canSort = !isSql && kind !== undefined && kind !== 'list' && kind !== 'struct'
  const isSorted = !isSql && sorting.field === name
  const label = offsets ? `${name} (${offsets.above})` : name
  const move = (by: number) => search.setColumns(moved(names, name, by))
  const sort = (isDescending: boolean) => search.replace({ sorting: { field: name, isDescending } })
  const Arrow = sorting.isDescending ? ArrowDown : ArrowUp
  const drop = (dragged: string) => {
    if (names.includes(dragged)) search.setColumns(moved(names, dragged, index - names.indexOf(dragged)))
  }
  const title = (
    <span className="head-label">
      {label}
      {isSorted && <Arrow size={12} aria-hidden="true" />}
    </span>
  )
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={isSorted ? (sorting.isDescending ? 'descending' : 'ascending') : undefined}
      className={isNumeric(type) ? 'head-cell number' : 'head-cell'}
      draggable={!isSql}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, name)}
      onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        drop(event.dataTransfer.getData(DRAGGED))
      }}
    >
      {isSql ? (
        title
      ) : (
        <Menu
          trigger={
            <button type="button" className="head-button">
              {title}
              <ChevronDown size={12} aria-hidden="true" />
            </button>
          }
        >
          {canSort && <MenuItem onSelect={() => sort(true)}>{type === 'timestamp' ? 'Newest first' : 'Sort, highest first'}</MenuItem>}
          {canSort && <MenuItem onSelect={() => sort(false)}>{type === 'timestamp' ? 'Oldest first' : 'Sort, lowest first'}</MenuItem>}
          {canSort && <MenuSeparator />}
          <MenuItem denied={index === 0 ? 'It is the first' : undefined} onSelect={() => move(-1)}>
            Move left
          </MenuItem>
          <MenuItem denied={index === names.length - 1 ? 'It is the last' : undefined} onSelect={() => move(1)}>
            Move right
          </MenuItem>
          <MenuItem
            denied={names.length === 1 ? 'It is the only one' : undefined}
            onSelect={() => search.setColumns(names.filter((one) => one !== name))}
          >
            Hide
          </MenuItem>
          <MenuSeparator />
          <MenuItem onSelect={() => search.setColumns(undefined)}>Usual columns</MenuItem>
        </Menu>
      )}
      <Separator name={name} width={width} onResize={onResize} />
    </div>
  )
}

/** The edge of a column: it is dragged, or moved with ← and →. */
function Separator({ name, width, onResize }: { name: string; width: number; onResize: (name: string, width: number) => void }) {
  const begun = useRef<{ x: number; width: number } | undefined>(undefined)
  const steer = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? WIDTH_STEP : event.key === 'ArrowLeft' ? -WIDTH_STEP : 0
    if (by === 0) return
    event.preventDefault()
    event.stopPropagation()
    onResize(name, widthWithin(width + by))
  }
  const down = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    begun.current = { x: event.clientX, width }
  }
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${name}`}
      aria-valuenow={width}
      aria-valuemin={WIDTH_MIN}
      aria-valuemax={WIDTH_MAX}
      aria-valuetext={`${width} pixels`}
      tabIndex={0}
      className="head-edge"
      onKeyDown={steer}
      onPointerDown={down}
      onPointerMove={(event) => begun.current && onResize(name, widthWithin(begun.current.width + event.clientX - begun.current.x))}
      onPointerUp={() => (begun.current = undefined)}
      onPointerCancel={() => (begun.current = undefined)}
    />
  )
}
