// What can be done with a value, wherever it stands: one menu for the whole page, and the same by single keys.
import { type KeyboardEvent, type ReactNode, createContext, useCallback, useContext, useMemo, useRef, useState } from 'react'
import type { Filter } from '../../search/filter'
import { likelyIndicator } from '../../search/event'
import { isNumber } from '../../search/sql-text'
import { ALL_LOGS, type SearchTable } from '../../search/table'
import { searchedField } from '../../search/compile'
import { preferences } from '../../preferences'
import { AnchoredMenu, MenuItem, MenuSeparator } from '../../ui/menu'
import { toast } from '../../ui/toast'
import { copyText } from './copy-text'
import type { Search } from './use-search'

export interface Target {
  /** The field, as a filter names it; undefined where nothing can be asked. */
  field: string | undefined
  /** What a filter compares with. */
  value: string
  /** What is copied, if it is something else: a time in the zone of the page. */
  copied?: string
  isNull?: boolean
  /** Objects and lists as a whole: they exist, and that is all that can be asked. */
  isStructure?: boolean
  /** The indicator columns that it stands in; unless given they are guessed. */
  indicators?: readonly string[]
}

interface ValueActions {
  open: (anchor: HTMLElement, targets: readonly Target[]) => void
  /** Does what a single key means for a value; returns whether it meant something. */
  press: (event: KeyboardEvent, target: Target) => boolean
}

const Context = createContext<ValueActions | undefined>(undefined)

export function useValueActions(): ValueActions {
  const actions = useContext(Context)
  if (!actions) throw new Error('there is no ValueMenu around this')
  return actions
}

interface ValueMenuProps {
  search: Search
  /** Opens the counts of a field's values. */
  onCount: (field: string) => void
  children: ReactNode
}

export function ValueMenu({ search, onCount, children }: ValueMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [targets, setTargets] = useState<readonly Target[]>([])
  const opener = useRef<HTMLElement | null>(null)
  const latest = useRef(search)
  latest.current = search
  const open = useCallback((element: HTMLElement, chosen: readonly Target[]) => {
    opener.current = element
    setTargets(chosen)
    setAnchor(element)
  }, [])
  const press = useCallback((event: KeyboardEvent, target: Target) => {
    if (!preferences.get().hasShortcuts || event.ctrlKey || event.metaKey || event.altKey) return false
    const table = latest.current.state.table
    const filter = filterOf(target, table)
    if (event.key === 'f' && filter) latest.current.addFilter(filter)
    else if (event.key === 'x' && filter) latest.current.addFilter({ ...filter, isInverted: !filter.isInverted })
    else if (event.key === 'c' && !target.isNull) void copyText(target.copied ?? target.value, 'value')
    else return false
    event.preventDefault()
    return true
  }, [])
  const actions = useMemo(() => ({ open, press }), [open, press])
  return (
    <Context value={actions}>
      {children}
      <AnchoredMenu anchor={anchor} label="Actions for this value" onClose={() => setAnchor(null)} finalFocus={opener}>
        {targets.map((target, index) => (
          <div key={index}>
            {index > 0 && <MenuSeparator />}
            <TargetItems target={target} search={search} onCount={onCount} />
          </div>
        ))}
      </AnchoredMenu>
    </Context>
  )
}

function TargetItems({ target, search, onCount }: { target: Target; search: Search; onCount: (field: string) => void }) {
  const { table, mode, shownColumns } = search.state
  const { field, value, isNull } = target
  const isKnown = field !== undefined && table !== undefined && mode === 'filters' && searchedField(table, field) !== undefined
  const filter = isKnown ? filterOf(target, table) : undefined
  const reason = isKnown ? undefined : mode === 'sql' ? 'Filters are made in the Filters mode' : 'This cannot be asked of the log type'
  const indicators = target.indicators ?? [field === undefined ? undefined : likelyIndicator(field, value)].filter((one) => one !== undefined)
  const isShown = field !== undefined && shownColumns.includes(field)
  const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value
  return (
    <>
      <div className="menu-label menu-value" dir="auto">
        {field && <span className="quiet">{field}: </span>}
        {isNull ? 'no value' : shown}
      </div>
      <MenuItem denied={filter ? undefined : reason} onSelect={() => filter && search.addFilter(filter)}>
        Filter for
      </MenuItem>
      <MenuItem denied={filter ? undefined : reason} onSelect={() => filter && search.addFilter({ ...filter, isInverted: !filter.isInverted })}>
        Filter out
      </MenuItem>
      {isKnown && !isNull && (
        <MenuItem onSelect={() => search.addFilter({ field, operator: 'exists', values: [] })}>Only rows with this field</MenuItem>
      )}
      {isKnown && !isShown && <MenuItem onSelect={() => search.setColumns([...shownColumns, field])}>Add as column</MenuItem>}
      {isKnown && <MenuItem onSelect={() => onCount(field)}>Count values</MenuItem>}
      {indicators.map((indicator) => (
        <MenuItem key={indicator} onSelect={() => everywhere(search, indicator, value)}>
          Search this indicator everywhere
        </MenuItem>
      ))}
      {!isNull && <MenuItem onSelect={() => void copyText(target.copied ?? value, 'value')}>Copy value</MenuItem>}
    </>
  )
}

/** The filter for a value, or undefined if there is none for it. */
export function filterOf({ field, value, isNull, isStructure }: Target, table: SearchTable | undefined): Filter | undefined {
  const known = field !== undefined && table ? searchedField(table, field) : undefined
  if (!known) return undefined
  if (isNull) return { field: known.name, operator: 'exists', values: [], isInverted: true }
  if (isStructure || known.kind === 'struct') return { field: known.name, operator: 'exists', values: [] }
  if (known.kind === 'number' && !isNumber(value)) return undefined
  return { field: known.name, operator: 'is', values: [value] }
}

function everywhere(search: Search, indicator: string, value: string): void {
  const query = { table: ALL_LOGS, filters: [{ field: indicator, operator: 'is' as const, values: [value] }] }
  search.change({ mode: 'filters', query, columns: undefined, by: undefined, event: undefined, saved: undefined })
  toast(`Searching all logs for ${value}`)
}
