import { ChevronDown, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useRouter } from '@tanstack/react-router'
import { preferences } from '../../preferences'
import { copiedText, csvRecord, instantText } from '../../search/cell'
import { type Entry, actorOf, addressOf, eventEntries, eventTree } from '../../search/event'
import { curlScript } from '../../search/curl'
import { eventSql, tellingFields } from '../../search/compile'
import type { Filter } from '../../search/filter'
import { writeJson } from '../../json'
import { absolute } from '../../time/range'
import { useZone } from '../../time/use-zone'
import { offsetLabel } from '../../time/zone'
import { Button, IconButton } from '../../ui/button'
import { Menu, MenuItem } from '../../ui/menu'
import { ProblemView } from '../../ui/problem-view'
import { EmptyState, Skeleton } from '../../ui/states'
import { copyText } from './copy-text'
import { EventFields } from './event-fields'
import { EventJson } from './event-json'
import { EventRaw } from './event-raw'
import type { OpenEvent } from './use-open-event'
import type { Running } from './use-run'
import type { Search } from './use-search'
import { type WholeEvent, useWholeEvent } from './use-whole-event'

interface EventPaneProps {
  search: Search
  running: Running
  event: OpenEvent
}

type Tab = 'Fields' | 'JSON' | 'Raw'
const TABS: readonly Tab[] = ['Fields', 'JSON', 'Raw']
const NARROW = '(width < 900px)'

/** One event, beside the rows; on narrow screens in their place. */
export function EventPane({ search, running, event }: EventPaneProps) {
  const [tab, setTab] = useState<Tab>('Fields')
  const whole = useWholeEvent(search, running, event)
  const pane = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // There it covers the rows: what has the focus would be hidden.
    if (matchMedia(NARROW).matches) heading.current?.focus()
  }, [])
  const close = () => {
    event.close()
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.grid [role=gridcell][tabindex="0"]')?.focus())
  }
  const steer = (key: KeyboardEvent) => {
    if (key.defaultPrevented || key.ctrlKey || key.metaKey || key.altKey) return
    // React hands over what happens in menus that were opened from here.
    if (!(key.target instanceof HTMLElement) || !pane.current?.contains(key.target)) return
    const isTyping = key.target.matches('input')
    const by = !isTyping && preferences.get().hasShortcuts ? { j: 1, k: -1 }[key.key] : undefined
    const next = event.index + (by ?? 0)
    if (key.key === 'Escape') close()
    else if (by !== undefined && next >= 0 && next < running.shownView.rows.length) event.open(next)
    else return
    key.preventDefault()
    key.stopPropagation()
  }
  return (
    <aside ref={pane} className="event-pane" aria-label="Event" onKeyDown={steer}>
      <div className="event-head">
        <h2 ref={heading} tabIndex={-1}>
          {whole.event ? titleOf(whole.event) : 'Event'}
        </h2>
        {whole.event && <EventCopyMenu search={search} whole={whole.event} running={running} />}
        <IconButton label="Close (Esc)" size="small" onClick={close}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      </div>
      {whole.error !== undefined && <ProblemView error={whole.error} />}
      {whole.isGone && (
        <EmptyState title="There is no such event">
          <p>It may have been erased with its log source, or the link is of another server.</p>
        </EmptyState>
      )}
      {whole.event ? (
        <>
          <Pivots search={search} whole={whole.event} />
          <div className="tabs" role="tablist" aria-label="Views of the event">
            {TABS.map((one) => (
              <button
                key={one}
                type="button"
                role="tab"
                id={`tab-${one}`}
                aria-selected={one === tab}
                aria-controls="event-view"
                tabIndex={one === tab ? 0 : -1}
                className="tab"
                onClick={() => setTab(one)}
                onKeyDown={(key) => steerTabs(key, tab, setTab)}
              >
                {one}
              </button>
            ))}
          </div>
          <div className="event-view" role="tabpanel" id="event-view" aria-labelledby={`tab-${tab}`} tabIndex={-1} aria-busy={whole.isPartial}>
            {tab === 'Fields' && <EventFields whole={whole.event} isPartial={whole.isPartial} />}
            {tab === 'JSON' && <EventJson key={whole.event.rowId} whole={whole.event} />}
            {tab === 'Raw' && <EventRaw whole={whole.event} />}
          </div>
        </>
      ) : (
        !whole.isGone && whole.error === undefined && <Skeleton rows={6} />
      )}
    </aside>
  )
}

function steerTabs(key: KeyboardEvent, tab: Tab, onTab: (tab: Tab) => void): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[key.key]
  if (by === undefined) return
  key.preventDefault()
  const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length] ?? tab
  onTab(next)
  document.getElementById(`tab-${next}`)?.focus()
}

function cell({ columns, row }: WholeEvent, name: string): string | undefined {
  const value = row[columns.findIndex((column) => column.name === name)]
  return value === null || value === undefined ? undefined : String(value)
}

/** What it was: the first thing that tells of its log type's events, or the log type. */
function titleOf(whole: WholeEvent): string {
  const [telling] = whole.table ? tellingFields(whole.table) : []
  const entry = telling && eventEntries(whole.columns, whole.row).find(({ field }) => field === telling.name)
  return entry?.text || cell(whole, 'p_log_type') || 'Row'
}

const AROUND_MS = 5 * 60_000

/** The ways on from an event: what happened around it, and what else they did. */
function Pivots({ search, whole }: { search: Search; whole: WholeEvent }) {
  const zone = useZone()
  const entries = useMemo(() => eventEntries(whole.columns, whole.row), [whole])
  const at = cell(whole, 'p_event_time')
  const table = whole.table?.name ?? search.state.query.table
  const [actor, address] = [actorOf(entries), addressOf(entries)]
  const goTo = (entries: Entry[], range = search.state.range) => {
    const filters = entries.map(({ field, text }): Filter => ({ field, operator: 'is', values: [text] }))
    search.change({ mode: 'filters', query: { table, filters }, sql: '', range, columns: undefined, saved: undefined })
  }
  const around = at && absolute({ from: new Date(Date.parse(at) - AROUND_MS), to: new Date(Date.parse(at) + AROUND_MS) })
  return (
    <div className="event-pivots">
      {at && (
        <time className="mono" dateTime={at}>
          {instantText(at, zone)} {offsetLabel(new Date(at), zone)}
        </time>
      )}
      <div className="form-actions">
        {around && (
          <Button size="small" onClick={() => goTo([], around)}>
            Around this, ±5 min
          </Button>
        )}
        {actor && (
          <Button size="small" onClick={() => goTo([actor])}>
            Same actor
          </Button>
        )}
        {address && (
          <Button size="small" onClick={() => goTo([address])}>
            Same IP
          </Button>
        )}
      </div>
    </div>
  )
}

function EventCopyMenu({ search, whole, running }: { search: Search; whole: WholeEvent; running: Running }) {
  const zone = useZone()
  const router = useRouter()
  const { columns, row, table, rowId } = whole
  const at = cell(whole, 'p_event_time')
  const sql = table && rowId !== undefined ? eventSql(table, rowId, at).replace(/^--[^\n]*\n/, '') : undefined
  const link = () => {
    const range = running.current ? absolute(running.current.span) : search.state.range
    const params = search.params({ query: search.state.query, columns: [...search.state.shownColumns], range, event: rowId })
    return location.origin + router.buildLocation({ to: '/search', search: params }).href
  }
  const csv = () => [csvRecord(columns.map(({ name }) => name)), csvRecord(columns.map(({ type }, index) => copiedText(row[index], type, zone)))]
  return (
    <Menu
      trigger={
        <button type="button" className="button" data-kind="quiet" data-size="small">
          Copy as
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      }
    >
      <MenuItem onSelect={() => void copyText(link(), 'link')}>Link to this event</MenuItem>
      <MenuItem onSelect={() => void copyText(writeJson(eventTree(columns, row)), 'event')}>JSON</MenuItem>
      <MenuItem onSelect={() => void copyText(csv().join('\r\n'), 'row')}>CSV row</MenuItem>
      {sql !== undefined && <MenuItem onSelect={() => void copyText(curlScript(location.origin, sql), 'commands')}>cURL</MenuItem>}
      {sql !== undefined && <MenuItem onSelect={() => void copyText(sql, 'statement')}>SQL</MenuItem>}
    </Menu>
  )
}
