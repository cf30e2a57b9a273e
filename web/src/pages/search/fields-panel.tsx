import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Columns3 } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { asProblem } from '../../api/problem'
import { formatCount, sentence } from '../../format'
import { valuesSql } from '../../search/compile'
import { ask } from '../../search/run'
import { type Field, type SearchTable, isIndicator, isStandard } from '../../search/table'
import { useZone } from '../../time/use-zone'
import { instantText } from '../../search/cell'
import { Button, IconButton } from '../../ui/button'
import { TextInput } from '../../ui/input'
import { Prose } from '../../ui/prose'
import type { Running } from './use-run'
import type { Search } from './use-search'
import { ValueButton } from './value-button'

const VALUES_SHOWN = 10

interface FieldsPanelProps {
  search: Search
  table: SearchTable
  running: Running
  onCount: (field: string) => void
}

/** What the events have, and what stands in it most often. */
export function FieldsPanel({ search, table, running, onCount }: FieldsPanelProps) {
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const fields = table.fields.filter((field) => field.kind !== 'struct' && field.name.toLowerCase().includes(wanted))
  const shown = search.state.shownColumns
  // One stop of Tab for all fields; arrows go from one to the next.
  const [current, setCurrent] = useState<string>()
  const first = fields.find(({ name }) => shown.includes(name)) ?? fields[0]
  const stop = fields.some(({ name }) => name === current) ? current : first?.name
  const groups: Array<[string, Field[]]> = [
    ['Shown', fields.filter(({ name }) => shown.includes(name))],
    ['Fields', fields.filter((field) => !shown.includes(field.name) && !isStandard(field))],
    ['Indicators', fields.filter((field) => !shown.includes(field.name) && isIndicator(field))],
    ['Standard', fields.filter((field) => !shown.includes(field.name) && isStandard(field) && !isIndicator(field))],
  ]
  return (
    <section className="fields" aria-label="Fields">
      <TextInput type="search" aria-label="Filter fields" placeholder="Filter fields" value={text} onChange={setText} />
      <div className="fields-list" tabIndex={-1} onKeyDown={steer}>
        {groups.map(
          ([label, members]) =>
            members.length > 0 && (
              <div key={label}>
                <h2 className="fields-group">{label}</h2>
                <ul>
                  {members.map((field) => (
                    <FieldItem
                      key={field.name}
                      field={field}
                      search={search}
                      running={running}
                      isStop={field.name === stop}
                      onFocus={() => setCurrent(field.name)}
                      onCount={onCount}
                    />
                  ))}
                </ul>
              </div>
            ),
        )}
        {fields.length === 0 && <p className="menu-label">No field is called “{text}”.</p>}
      </div>
    </section>
  )
}

function steer(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>('.fields-name')]
  const item = event.target instanceof HTMLElement ? event.target.closest('li:has(.fields-item)') : null
  const at = names.findIndex((name) => item?.contains(name))
  if (by === undefined || at < 0) return
  event.preventDefault()
  names[at + by]?.focus()
}

interface FieldItemProps {
  field: Field
  search: Search
  running: Running
  /** Tab leads here. */
  isStop: boolean
  onFocus: () => void
  onCount: (field: string) => void
}

function FieldItem({ field, search, running, isStop, onFocus, onCount }: FieldItemProps) {
  const [isOpen, setIsOpen] = useState(false)
  const columns = search.state.shownColumns
  const isShown = columns.includes(field.name)
  const toggle = () => search.setColumns(isShown ? columns.filter((name) => name !== field.name) : [...columns, field.name])
  return (
    <li>
      <div className="fields-item">
        <button
          type="button"
          className="fields-name"
          tabIndex={isStop ? 0 : -1}
          aria-expanded={isOpen}
          onFocus={onFocus}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? <ChevronDown size={12} aria-hidden="true" /> : <ChevronRight size={12} aria-hidden="true" />}
          <span>{field.name}</span>
        </button>
        <IconButton
          label={isShown ? `Hide the column ${field.name}` : `Show ${field.name} as a column`}
          size="small"
          tabIndex={isStop ? 0 : -1}
          aria-pressed={isShown}
          onClick={toggle}
        >
          <Columns3 size={14} aria-hidden="true" />
        </IconButton>
      </div>
      {isOpen && <TopValues field={field} running={running} onCount={onCount} />}
    </li>
  )
}

function TopValues({ field, running, onCount }: Pick<FieldItemProps, 'field' | 'running' | 'onCount'>) {
  const zone = useZone()
  const { current } = running
  const query = useQuery({
    queryKey: ['search-values', current?.counted, field.name],
    queryFn: ({ signal }) => {
      if (!current?.request) throw new Error('nothing is asked')
      return ask(valuesSql(current.request, field.name, VALUES_SHOWN), 'values', signal)
    },
    enabled: current?.request !== undefined,
    staleTime: Infinity,
    retry: false,
  })
  if (!current?.request) return <p className="fields-note">Values are counted when the search runs.</p>
  if (query.isError) {
    return (
      <p className="fields-note">
        <Prose text={sentence(asProblem(query.error).detail)} />
      </p>
    )
  }
  if (!query.data) return <p className="fields-note fields-waiting">Counting</p>
  const { rows } = query.data
  return (
    <div className="fields-values">
      {rows.length === 0 && <p className="fields-note">No values in this time.</p>}
      <ul>
        {rows.map(([value, count], index) => (
          <li key={index}>
            <ValueButton
              target={{ field: field.name, value: String(value ?? ''), isNull: value === null }}
              text={value === null ? 'no value' : field.kind === 'time' ? instantText(String(value), zone) : String(value)}
            />
            <span className="meta number">{formatCount(Number(count))}</span>
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <Button kind="quiet" size="small" onClick={() => onCount(field.name)}>
          Count values
        </Button>
      )}
    </div>
  )
}
