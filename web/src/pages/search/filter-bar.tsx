import { Plus } from 'lucide-react'
import { useState } from 'react'
import { filtersFor, inForce, unaskable } from '../../search/compile'
import type { Filter } from '../../search/filter'
import { writtenTimes } from '../../search/statement'
import { toFilters, toSql } from '../../search/switch-mode'
import { ALL_LOGS } from '../../search/table'
import { resolve } from '../../time/range'
import { useZone } from '../../time/use-zone'
import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { Select } from '../../ui/input'
import { Popover } from '../../ui/popover'
import { toast } from '../../ui/toast'
import { FilterChip } from './filter-chip'
import { FilterForm } from './filter-form'
import type { Running } from './use-run'
import type { Search } from './use-search'

interface FilterBarProps {
  search: Search
  running: Running
  /** The statement as it is written now. */
  draft: string
}

/** What is searched: filters one beside the other, or the way to SQL and back. */
export function FilterBar({ search, running, draft }: FilterBarProps) {
  const { state } = search
  const [why, setWhy] = useState<string>()
  const switchMode = useSwitchMode(search, running, draft, setWhy)
  const isSql = state.mode === 'sql'
  return (
    <>
      <div className="filter-bar">
        <div className="segments" role="group" aria-label="How to search">
          <button type="button" className="segment" aria-pressed={!isSql} onClick={() => switchMode('filters')}>
            Filters
          </button>
          <button type="button" className="segment" aria-pressed={isSql} onClick={() => switchMode('sql')}>
            SQL
          </button>
        </div>
        {!isSql && <Chips search={search} running={running} />}
      </div>
      {isSql && why !== undefined && (
        <div role="status">
          <Banner tone="info">
            <p>This statement cannot be shown as filters. {why}</p>
            <Button
              size="small"
              onClick={() => {
                setWhy(undefined)
                search.change({ mode: 'filters', query: undefined, sql: '', paused: [], columns: undefined, event: undefined })
              }}
            >
              Start with new filters
            </Button>
          </Banner>
        </div>
      )}
      {state.isUnreadable && (
        <Banner tone="warn">
          <p>The filters of this address cannot be read, so none are in force.</p>
        </Banner>
      )}
    </>
  )
}

function useSwitchMode(search: Search, running: Running, draft: string, setWhy: (why: string | undefined) => void) {
  const zone = useZone()
  return (mode: 'filters' | 'sql') => {
    const { state, tables } = search
    if (mode === state.mode) return
    setWhy(undefined)
    const now = new Date()
    if (mode === 'sql') {
      const { table, query, range } = state
      if (table && unaskable(table, query.filters).length > 0) return toast('First remove or pause the filters that cannot be asked')
      const span = resolve(range, now, zone)
      if (span) writtenTimes.remember(span)
      return search.change(toSql(state, running.current?.sql ?? '', tables, now, zone))
    }
    const next = toFilters(state, draft, tables, now, zone)
    if ('why' in next) setWhy(next.why)
    else search.change(next)
  }
}

function Chips({ search, running }: { search: Search; running: Running }) {
  const { state, tables } = search
  const { filters, table: tableName } = state.query
  const options = tables.map(({ name, label }) => ({ value: name, label }))
  const known = state.table ? options : [{ value: tableName, label: `${tableName} (not there)` }, ...options]
  const choose = (name: string) => {
    const next = tables.find((table) => table.name === name)
    const kept = next ? filtersFor(next, filters) : filters
    const paused = inForce(filters).length - inForce(kept).length
    if (next && paused > 0) toast(`${paused === 1 ? 'A filter cannot' : `${paused} filters cannot`} be asked of ${next.label}. Paused`)
    search.change({ query: { table: name, filters: kept }, columns: undefined, by: undefined, event: undefined, sorting: { field: 'p_event_time', isDescending: true } })
  }
  const set = (index: number, filter: Filter | undefined) => {
    search.setFilters(filters.flatMap((one, place) => (place !== index ? [one] : filter ? [filter] : [])))
  }
  return (
    <>
      <Select aria-label="Log type" value={tableName} options={known} onChange={choose} />
      {filters.map((filter, index) => (
        <FilterChip key={`${index}-${filter.field}`} filter={filter} table={state.table} running={running} onChange={(next) => set(index, next)} />
      ))}
      {state.table && <AddFilter search={search} running={running} />}
      {filters.length > 1 && (
        <Button kind="quiet" size="small" onClick={() => search.setFilters([])}>
          Clear filters
        </Button>
      )}
      {tableName === ALL_LOGS && filters.length === 0 && <span className="meta">All log types: filters ask their standard fields</span>}
    </>
  )
}

function AddFilter({ search, running }: { search: Search; running: Running }) {
  const [isOpen, setIsOpen] = useState(false)
  const { table } = search.state
  if (!table) return null
  return (
    <Popover
      title="Add a filter"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className="button" data-size="small" data-shortcut-search>
          <Plus size={14} aria-hidden="true" />
          Add filter
        </button>
      }
    >
      <FilterForm
        table={table}
        running={running}
        action="Add"
        onDone={(filter) => {
          setIsOpen(false)
          search.addFilter(filter)
        }}
      />
    </Popover>
  )
}
