// Counts over time for what is being searched. They come after the rows, and span exactly the chosen range.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Bins, type Count, binsOf } from '../../search/bins'
import { barsOfStatement, barsSql, searchedField, tellingFields } from '../../search/compile'
import { type Cut, ask } from '../../search/run'
import { givesRows, trimmed } from '../../search/statement'
import { ALL_LOGS } from '../../search/table'
import type { Zone } from '../../time/zone'
import type { Column } from '../../search/cell'
import type { Asked, Running } from './use-run'

/** Chosen instead of the field that bars are stacked by unless somebody chooses. */
export const BY_NOTHING = '-'

export interface Bars {
  bins: Bins | undefined
  counts: readonly Count[]
  /** All that matches in the range, or those rows of a statement that are in it; undefined until it is known. */
  total: number | undefined
  by: string | undefined
  /** The counts themselves were cut: then the bars lack some, and the total is not known. */
  cutBy: Cut | undefined
  /** Why there are no bars. */
  why: string | undefined
  error: unknown
  isStale: boolean
  /** The counts are on their way. */
  isCounting: boolean
}

interface BarsAnswer {
  counted: number
  bins: Bins
  by: string | undefined
  counts: Count[]
  cutBy: Cut | undefined
}

export function useBars(running: Running, chosen: string | undefined, zone: Zone): Bars {
  const { current, view } = running
  const plan = useMemo(
    () => (current ? planOf(current, chosen, view.columns, zone) : undefined),
    // The columns matter only as soon as they are there.
    [current, chosen, zone, view.columns.map(({ name, type }) => `${name}:${type}`).join()],
  )
  const sql = plan && 'sql' in plan ? plan.sql : undefined
  const query = useQuery<BarsAnswer>({
    queryKey: ['search-bars', current?.counted, sql],
    queryFn: async ({ signal }) => {
      if (!plan || !('sql' in plan) || !current) throw new Error('nothing is asked')
      const { rows, cutBy } = await ask(plan.sql, 'bars', signal)
      return { counted: current.counted, bins: plan.bins, by: plan.by, counts: rows.map((row) => countOf(row, plan.by !== undefined)), cutBy }
    },
    enabled: sql !== undefined && view.phase !== 'failed',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  const { data } = query
  const isOwn = data !== undefined && data.counted === current?.counted && !query.isPlaceholderData
  return {
    // Where nothing is asked, the bars of before would be of something else.
    bins: current ? data?.bins : undefined,
    counts: data?.counts ?? [],
    total: isOwn && data.cutBy === undefined ? data.counts.reduce((sum, { count }) => sum + count, 0) : undefined,
    by: data?.by,
    cutBy: isOwn ? data.cutBy : undefined,
    why: plan && 'why' in plan ? plan.why : undefined,
    error: query.error,
    isStale: !isOwn,
    isCounting: query.isFetching,
  }
}

/** `bar, n`, or `bar, part, is_rest, n`. */
function countOf([bar, ...others]: readonly unknown[], hasPart: boolean): Count {
  if (!hasPart) return { bar: String(bar), part: null, count: Number(others[0]) }
  const [part, isRest, count] = others
  return { bar: String(bar), part: part === null ? null : String(part), isRest: isRest === true, count: Number(count) }
}

type Plan = { sql: string; bins: Bins; by: string | undefined } | { why: string }

export function planOf(asked: Asked, chosen: string | undefined, columns: readonly Column[], zone: Zone): Plan | undefined {
  const { request, span } = asked
  const bins = binsOf(span, zone)
  if (request) {
    const usual = request.table.name === ALL_LOGS ? 'p_log_type' : tellingFields(request.table)[0]?.name
    const isKnown = (name: string | undefined) => name !== undefined && searchedField(request.table, name) !== undefined
    const by = chosen === BY_NOTHING ? undefined : [chosen, usual].find(isKnown)
    const { table, tables, filters } = request
    return { sql: barsSql({ table, tables, filters, span, by, stepMs: bins.stepMs, origin: bins.origin }), bins, by }
  }
  if (!givesRows(asked.sql)) return { why: 'Bars are for statements that give rows.' }
  if (columns.length === 0) return undefined
  const times = columns.filter(({ type }) => type === 'timestamp').map(({ name }) => name)
  const time = times.find((name) => name === 'p_event_time') ?? times[0]
  if (time === undefined) return { why: 'No bars: the statement has no column with a time.' }
  if (new Set(columns.map(({ name }) => name)).size < columns.length) return { why: 'No bars: two columns have the same name.' }
  const by = columns.some(({ name }) => name === chosen) ? chosen : undefined
  // The limit stays: the bars are of the rows that the statement gives, and cost no more than they do.
  return { sql: barsOfStatement(trimmed(asked.sql), time, by, span, bins.stepMs, bins.origin), bins, by }
}
