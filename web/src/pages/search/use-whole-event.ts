// All of the open event. Rows have only the columns that are shown; the rest is read when the event is looked at.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Column, Row } from '../../search/cell'
import { eventSql } from '../../search/compile'
import { eventIdOf } from '../../search/row-ids'
import { ask } from '../../search/run'
import { text } from '../../search/sql-text'
import { ALL_LOGS, type SearchTable, tableOfEvent } from '../../search/table'
import type { OpenEvent } from './use-open-event'
import type { Running } from './use-run'
import type { Search } from './use-search'

/** While a key is held, events fly by: only one that is looked at is read. */
const LOOKED_AT_MS = 120

export interface WholeEvent {
  columns: readonly Column[]
  row: Row
  table: SearchTable | undefined
  /** What a table calls it; undefined for rows of a statement without one. */
  rowId: string | undefined
}

interface Found {
  id: string
  event: WholeEvent | null
}

export function useWholeEvent(search: Search, running: Running, event: OpenEvent) {
  const { shownView, shown } = running
  const row = event.index >= 0 ? shownView.rows[event.index] : undefined
  const cell = (name: string) => {
    const value = row?.[shownView.columns.findIndex((column) => column.name === name)]
    return typeof value === 'string' ? value : undefined
  }
  const rowId = cell('p_row_id') || eventIdOf(event.id)
  const looked = useLookedAt(rowId)
  const at = cell('p_event_time')
  const known = tableOfEvent(search.tables, shown?.request?.table.name ?? '', cell('p_log_type'))
  // With neither a row nor an answer that is on its way, the event has to be looked for.
  const isLooking = looked !== undefined && looked === rowId && (row !== undefined ? known !== undefined : running.view.phase !== 'running')
  const query = useQuery<Found>({
    queryKey: ['search-event', rowId, known?.name ?? ''],
    queryFn: async ({ signal }) => ({ id: rowId ?? '', event: await read(search.tables, known, rowId ?? '', at, signal) }),
    enabled: isLooking,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  })
  const own: WholeEvent | undefined = row && { columns: shownView.columns, row, table: known, rowId }
  const isOwn = query.data?.id === rowId && query.data?.event != null
  const whole = isOwn ? (query.data?.event ?? undefined) : undefined
  return {
    event: whole ?? own,
    isPartial: whole === undefined && own !== undefined && rowId !== undefined && known !== undefined,
    isGone: whole === undefined && own === undefined && query.isSuccess && !query.isPlaceholderData,
    error: query.isError && query.fetchStatus === 'idle' ? query.error : undefined,
  }
}

function useLookedAt(id: string | undefined): string | undefined {
  const [looked, setLooked] = useState(id)
  useEffect(() => {
    const timer = setTimeout(() => setLooked(id), LOOKED_AT_MS)
    return () => clearTimeout(timer)
  }, [id])
  return looked
}

async function read(
  tables: readonly SearchTable[],
  known: SearchTable | undefined,
  id: string,
  at: string | undefined,
  signal: AbortSignal,
): Promise<WholeEvent | null> {
  const table = known ?? (await tableWith(tables, id, signal))
  if (!table) return null
  const { columns, rows } = await ask(eventSql(table, id, at), 'event', signal)
  return rows[0] ? { columns, row: rows[0], table, rowId: id } : null
}

/** A link may lead to an event of any log type and any time. */
async function tableWith(tables: readonly SearchTable[], id: string, signal: AbortSignal): Promise<SearchTable | undefined> {
  const { rows } = await ask(`select p_log_type\nfrom ${ALL_LOGS}\nwhere p_row_id = ${text(id)}\nlimit 1`, 'event', signal)
  return tables.find((table) => table.logType !== null && table.logType === rows[0]?.[0])
}
