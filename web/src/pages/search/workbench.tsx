// The parts of the search, and what they tell each other.
import { Play, RotateCw } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { rememberOpen, rememberedOpen } from '../../search/layout'
import { withLimit, writtenTimes } from '../../search/statement'
import type { SearchTable } from '../../search/table'
import { RangePicker } from '../../time/range-picker'
import { resolve } from '../../time/range'
import { useZone } from '../../time/use-zone'
import { Button } from '../../ui/button'
import { Select } from '../../ui/input'
import { COMMAND_KEY, Key } from '../../ui/key'
import { Page } from '../../ui/page'
import { CountsDialog } from './counts-dialog'
import { EventPane } from './event-pane'
import { FieldsPanel } from './fields-panel'
import { FilterBar } from './filter-bar'
import { Histogram } from './histogram'
import { HistoryMenu } from './history-menu'
import { Results } from './results'
import { SavedMenu } from './saved-menu'
import { SqlPanel } from './sql-panel'
import { StatsLine } from './stats-line'
import { useBars } from './use-bars'
import { useOpenEvent } from './use-open-event'
import { REFRESHES, type Refresh, useRefresh } from './use-refresh'
import { useRun } from './use-run'
import { useSearchPage } from './use-search'
import { useSqlDraft } from './use-sql-draft'
import { ValueMenu } from './value-menu'

const NARROW = '(width < 900px)'

export function Workbench({ tables }: { tables: readonly SearchTable[] }) {
  const search = useSearchPage(tables)
  const { state } = search
  const zone = useZone()
  const running = useRun(state, tables, zone)
  const bars = useBars(running, state.by, zone)
  const event = useOpenEvent(search, running)
  const { draft, setDraft, type, settle } = useSqlDraft(state.sql)
  const [counted, setCounted] = useState<string>()
  const [areFieldsOpen, setFieldsOpen] = useState(() => rememberedOpen('fields', !matchMedia(NARROW).matches))
  const [refresh, setRefresh] = useState<Refresh>('off')
  const writtenHere = useRef(state.sql)
  const current = running.current
  useEffect(() => {
    writtenHere.current = state.sql
  }, [state.sql])
  useEffect(() => {
    if (current?.mode !== 'sql') return
    // The limit and the time that it ran with are shown, unless somebody is writing on.
    const before = writtenHere.current
    writtenHere.current = current.sql
    setDraft((draft) => (draft === before ? current.sql : draft))
  }, [current, setDraft])

  const run = () => {
    if (state.mode === 'filters') return running.runAgain()
    const span = resolve(state.range, new Date(), zone)
    const sql = withLimit(span ? writtenTimes.withRange(draft, span) : draft)
    settle(sql)
    if (sql === state.sql) running.runAgain()
    else search.change({ sql, event: undefined })
  }
  useRunKey(run)
  const isRefreshWaiting = useRefresh(refresh, running, bars.isCounting)
  const toggleFields = () => {
    rememberOpen('fields', !areFieldsOpen)
    setFieldsOpen(!areFieldsOpen)
  }

  return (
    <Page
      title="Search"
      isWindow
      actions={
        <>
          <SavedMenu search={search} sql={running.current?.sql ?? state.sql} />
          <HistoryMenu search={search} />
          <RangePicker range={state.range} onChange={(range) => search.change({ range })} />
          <span className="refresh">
            <RotateCw size={14} aria-hidden="true" />
            <Select<Refresh> aria-label="Refresh by itself" value={refresh} options={REFRESHES} onChange={setRefresh} />
          </span>
          {isRefreshWaiting && <span className="meta">Refresh waits while you read on</span>}
          <Button kind="primary" onClick={run}>
            <Play size={14} aria-hidden="true" />
            Run
            <Key>{`${COMMAND_KEY} ↵`}</Key>
          </Button>
        </>
      }
    >
      <ValueMenu search={search} onCount={setCounted}>
        <FilterBar search={search} running={running} draft={draft} />
        {state.mode === 'sql' && <SqlPanel search={search} sql={draft} onChange={type} onRun={run} running={running} />}
        <Histogram search={search} running={running} bars={bars} />
        <StatsLine search={search} running={running} total={bars.total} areFieldsOpen={areFieldsOpen} onFields={toggleFields} />
        <div className="search-body">
          {areFieldsOpen && state.mode === 'filters' && state.table && <FieldsPanel search={search} table={state.table} running={running} onCount={setCounted} />}
          <Results search={search} running={running} event={event} total={bars.total} />
          {event.id !== undefined && <EventPane search={search} running={running} event={event} />}
        </div>
        {counted !== undefined && <CountsDialog field={counted} search={search} running={running} onClose={() => setCounted(undefined)} />}
      </ValueMenu>
    </Page>
  )
}

/** `Ctrl Enter`, wherever the focus is on the page. */
function useRunKey(run: () => void): void {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
