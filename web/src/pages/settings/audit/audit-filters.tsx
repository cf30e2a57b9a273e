import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import type { AuditEntry } from '../../../api/audit-log'
import { RangePicker } from '../../../time/range-picker'
import { Select, TextInput } from '../../../ui/input'
import { type AuditSearch, rangeOf } from './filters'
import { OBJECT_KINDS, kindLabel } from './words'

interface AuditFiltersProps {
  search: AuditSearch
  /** What is shown: its actors and actions are offered. */
  entries: readonly AuditEntry[]
  onChange: (change: AuditSearch) => void
}

const OUTCOME_OPTIONS = [
  { value: '', label: 'Any outcome' },
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
]

export function AuditFilters({ search, entries, onChange }: AuditFiltersProps) {
  return (
    <div className="toolbar">
      <ExactInput
        label="Actor, by name or id"
        hint="Actor"
        value={search.actor ?? ''}
        offered={distinct(entries.map(({ actor }) => actor.name))}
        onChange={(actor) => onChange({ actor })}
        isFirst
      />
      <ExactInput
        label="Action, such as pause_log_source"
        hint="Action"
        value={search.action ?? ''}
        offered={distinct(entries.map(({ action }) => action))}
        onChange={(action) => onChange({ action })}
      />
      <Select aria-label="Object" value={search.object ?? ''} options={objectOptions(search.object)} onChange={(object) => onChange({ object })} />
      <Select aria-label="Outcome" value={search.outcome ?? ''} options={OUTCOME_OPTIONS} onChange={(outcome) => onChange({ outcome })} />
      <RangePicker range={rangeOf(search)} onChange={(range) => onChange({ ...range })} />
    </div>
  )
}

/** A single object, which a link leads to, is one choice more. */
function objectOptions(object: string | undefined) {
  const any = { value: '', label: 'Any object' }
  if (!object || OBJECT_KINDS.some(({ value }) => value === object)) return [any, ...OBJECT_KINDS]
  const [kind = '', ...id] = object.split(':')
  return [any, { value: object, label: `${kindLabel(kind)} ${id.join(':')}` }, ...OBJECT_KINDS]
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts.filter(Boolean))].sort()
}

interface ExactInputProps {
  label: string
  /** The same in a word, where there is little room. */
  hint: string
  value: string
  offered: readonly string[]
  onChange: (value: string) => void
  isFirst?: boolean
}

/** A filter that the server takes as a whole: a name half typed would find nothing, so it counts when it is done. */
function ExactInput({ label, hint, value, offered, onChange, isFirst }: ExactInputProps) {
  const [text, setText] = useState(value)
  const listId = useId()
  useEffect(() => setText(value), [value])
  const commit = (next: string) => next.trim() !== value && onChange(next.trim())
  const type = (next: string) => {
    setText(next)
    // Chosen from the list, or emptied.
    if (next === '' || offered.includes(next)) commit(next)
  }
  const press = (event: KeyboardEvent) => event.key === 'Enter' && commit(text)
  return (
    <span className="audit-filter">
      <TextInput
        type="search"
        aria-label={label}
        placeholder={hint}
        list={listId}
        value={text}
        onChange={type}
        onBlur={() => commit(text)}
        onKeyDown={press}
        {...(isFirst && { 'data-shortcut-search': true })}
      />
      <datalist id={listId}>
        {offered.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </span>
  )
}
