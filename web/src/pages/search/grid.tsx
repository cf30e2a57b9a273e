// The rows as a grid: only those that are to be seen are in the document. One cell at a time has the focus, and keys move it.
import { useVirtualizer, defaultRangeExtractor, type Range } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { preferences } from '../../preferences'
import { formatCount } from '../../format'
import { type Column, type Offsets, type Row, copiedText, listItems, offsetsOf } from '../../search/cell'
import { ROWS_MAX, ROW_KEYS } from '../../search/compile'
import { ROWS_AT_ONCE } from '../../api/query'
import { type GridPlace, gridTarget } from '../../search/grid-keys'
import { type Widths, rememberWidths, rememberedWidths, usualWidth } from '../../search/layout'
import { useShortcuts } from '../../shell/shortcuts'
import type { RunView } from '../../search/run'
import { useStore } from '../../store'
import type { Zone } from '../../time/zone'
import { useZone } from '../../time/use-zone'
import { Button } from '../../ui/button'
import { GridHead } from './grid-head'
import { GridRow } from './grid-row'
import type { OpenEvent } from './use-open-event'
import type { Running } from './use-run'
import type { Search } from './use-search'
import { type Target, useValueActions } from './value-menu'

const ROW_HEIGHT = { comfortable: 32, compact: 28 }
const OVERSCAN = 6

export interface GridColumn extends Column {
  /** Its place in the rows. */
  index: number
  width: number
  /** Of a column of times. */
  offsets: Offsets | undefined
}

interface GridProps {
  search: Search
  running: Running
  event: OpenEvent
  total: number | undefined
}

export function Grid({ search, running, event, total }: GridProps) {
  const { shown, shownView, isStale } = running
  const { rows } = shownView
  const zone = useZone()
  const { density } = useStore(preferences)
  const height = ROW_HEIGHT[density]
  const tableName = shown?.request?.table.name ?? 'sql'
  const [widths, setWidths] = useState<Widths>(() => rememberedWidths(tableName))
  useEffect(() => setWidths(rememberedWidths(tableName)), [tableName])
  const columns = useColumns(shownView, shown?.request?.columns, widths, zone)
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useActive(event, rows.length, columns.length)
  const activeRow = active.row
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    // The row with the focus stays in the document wherever it is scrolled to.
    rangeExtractor: useCallback((range: Range) => withRow(defaultRangeExtractor(range), activeRow), [activeRow]),
    scrollPaddingStart: height,
    scrollPaddingEnd: height,
  })
  useEffect(() => virtualizer.measure(), [virtualizer, height])

  const { press, open } = useValueActions()
  const wantsFocus = useRef(false)
  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    cellAt(scroller.current, active)?.focus({ preventScroll: true })
  })
  const enter = () => cellAt(scroller.current, active)?.focus()
  useShortcuts([
    { keys: 'j', does: 'To the rows', run: enter },
    { keys: 'k', does: 'To the rows', run: enter },
  ])
  const go = (place: GridPlace) => {
    wantsFocus.current = true
    setActive(place)
    virtualizer.scrollToIndex(place.row)
    if (event.id !== undefined && place.row !== event.index) event.open(place.row)
  }
  const steer = (key: KeyboardEvent<HTMLDivElement>) => {
    const cell = key.target instanceof HTMLElement ? key.target.closest<HTMLElement>('[role=gridcell]') : null
    if (!cell || key.ctrlKey || key.metaKey || key.altKey) return
    // Newer rows may have pushed it down since it got the focus.
    const here = placeOf(cell)
    const targets = targetsOf(rows[here.row], columns[here.column], zone)
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1
    const next = gridTarget(key.key, here, { rows: rows.length, columns: columns.length, page }, preferences.get().hasShortcuts)
    if (next) go(next)
    else if (key.key === 'Enter') {
      if (event.index === here.row) document.querySelector<HTMLElement>('.event-pane h2')?.focus()
      else event.open(here.row)
    } else if (key.key === 'Escape' && event.id !== undefined) event.close()
    else if (key.key === ' ' || key.key === 'ContextMenu' || (key.key === 'F10' && key.shiftKey)) open(cell, targets)
    else {
      const [target] = targets
      if (target && press(key, target)) key.stopPropagation()
      return
    }
    key.preventDefault()
    // Other keys of the page rest while rows are walked through.
    key.stopPropagation()
  }
  const resize = (name: string, width: number) => {
    const next = { ...widths, [name]: width }
    setWidths(next)
    rememberWidths(tableName, next)
  }
  const template = columns.map(({ width }, index) => (index === columns.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' ')
  const columnsWidth = columns.reduce((sum, { width }) => sum + width, 0)
  const style = { '--columns': template, '--row-height': `${height}px`, '--columns-width': `${columnsWidth}px` } as CSSProperties

  return (
    <>
      <div
        ref={scroller}
        className="grid"
        role="grid"
        aria-label="Events"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-busy={isStale}
        data-stale={isStale || undefined}
        onKeyDown={steer}
      >
        <div className="grid-inner" role="presentation" style={style}>
          <GridHead columns={columns} search={search} isSql={shown?.mode === 'sql'} onResize={resize} />
          <div className="grid-body" role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map(({ index, start }) => (
              <GridRow
                key={event.idOf(index)}
                row={rows[index] ?? []}
                index={index}
                start={start}
                columns={columns}
                zone={zone}
                activeColumn={index === active.row ? active.column : undefined}
                isOpen={index === event.index}
                onActivate={setActive}
                onOpen={event.open}
              />
            ))}
          </div>
        </div>
      </div>
      <Foot running={running} total={total} />
    </>
  )
}

function Foot({ running, total }: { running: Running; total: number | undefined }) {
  const { view, current, hasMore, loadMore } = running
  if (!hasMore || view.phase !== 'done') return null
  const known = current?.request ? total : view.query?.rowCount
  const left = known === undefined ? undefined : Math.min(known, ROWS_MAX) - view.rows.length
  if (left !== undefined && left <= 0) return null
  return (
    <div className="grid-foot">
      <Button size="small" isBusy={view.isLoadingMore} onClick={() => void loadMore('next')}>
        Load {formatCount(Math.min(left ?? ROWS_AT_ONCE, ROWS_AT_ONCE))} more
      </Button>
      <Button size="small" kind="quiet" isBusy={view.isLoadingMore} onClick={() => void loadMore('all')}>
        Load all{left !== undefined && ` ${formatCount(left)}`}
      </Button>
    </div>
  )
}

/** Room for `UTC+02:00` in each cell. */
const OFFSET_WIDTH = 80

/** The columns as they are chosen; with SQL those of the statement, but for what only the console needs. */
function useColumns({ columns, rows }: RunView, chosen: readonly string[] | undefined, widths: Widths, zone: Zone): GridColumn[] {
  const offsets = useMemo(
    () => columns.map(({ type }, index) => (type === 'timestamp' ? offsetsOf(rows, index, zone) : undefined)),
    [columns, rows, zone],
  )
  return useMemo(() => {
    const all = columns.map((column, index) => {
      const usual = usualWidth(column.name, column.type) + (offsets[index]?.isInCells ? OFFSET_WIDTH : 0)
      return { ...column, index, width: widths[column.name] ?? usual, offsets: offsets[index] }
    })
    if (!chosen) return all
    const found = chosen.flatMap((name) => all.find((column) => column.name === name) ?? [])
    return found.length > 0 ? found : all.filter(({ name }) => !ROW_KEYS.some((key) => key === name && key !== 'p_event_time'))
  }, [columns, chosen, widths, offsets])
}

/** The cell that Tab leads to. It goes with the open event, and stays within the rows. */
function useActive(event: OpenEvent, rowCount: number, columnCount: number): [GridPlace, (place: GridPlace) => void] {
  const [active, setActive] = useState<GridPlace>({ row: 0, column: 0 })
  useEffect(() => {
    if (event.index >= 0) setActive((place) => ({ ...place, row: event.index }))
  }, [event.index])
  const within = (value: number, count: number) => Math.min(value, Math.max(0, count - 1))
  return [{ row: within(active.row, rowCount), column: within(active.column, columnCount) }, setActive]
}

function withRow(indexes: number[], row: number): number[] {
  return indexes.includes(row) ? indexes : [...indexes, row].toSorted((one, other) => one - other)
}

function cellAt(grid: HTMLElement | null, { row, column }: GridPlace): HTMLElement | null {
  return grid?.querySelector<HTMLElement>(`[aria-rowindex="${row + 2}"] > [aria-colindex="${column + 1}"]`) ?? null
}

function placeOf(cell: HTMLElement): GridPlace {
  return { row: Number(cell.parentElement?.getAttribute('aria-rowindex')) - 2, column: Number(cell.getAttribute('aria-colindex')) - 1 }
}

/** What can be done with a cell: a list has something for each of its items. */
export function targetsOf(row: Row | undefined, column: GridColumn | undefined, zone: string): Target[] {
  if (!row || !column) return []
  const value = row[column.index]
  const field = column.name
  if (value === null || value === undefined) return [{ field, value: '', isNull: true }]
  if (column.type === 'json') {
    const items = listItems(value)
    if (items && items.length > 0) return [...new Set(items)].map((item) => ({ field, value: item }))
    return [{ field, value: String(value), isStructure: true }]
  }
  return [{ field, value: String(value), copied: copiedText(value, column.type, zone) }]
}
