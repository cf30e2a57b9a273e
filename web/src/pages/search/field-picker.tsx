import { type KeyboardEvent, useId, useState } from 'react'
import type { SearchTable } from '../../search/table'
import { SUMMARY } from '../../search/compile'
import { ALL_LOGS } from '../../search/table'
import type { Control } from '../../ui/field'

interface FieldPickerProps {
  control: Control
  table: SearchTable
  value: string
  onChange: (name: string) => void
}

const KIND_WORDS = { text: 'text', number: 'number', boolean: 'true or false', time: 'time', list: 'list', struct: 'group' }

/** A field by a part of its name. Names that lead into JSON text can be typed: `details->new_value`. */
export function FieldPicker({ control, table, value, onChange }: FieldPickerProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [current, setCurrent] = useState(0)
  const listId = useId()
  const found = matchingFields(table, value)
  const choose = (name: string | undefined) => {
    if (name === undefined) return
    onChange(name)
    setIsOpen(false)
  }
  const steer = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : -1
      if (isOpen) setCurrent((current + by + found.length) % Math.max(found.length, 1))
      setIsOpen(true)
    } else if (event.key === 'Enter' && isOpen && found[current] && found[current].name !== value) choose(found[current].name)
    else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation()
      setIsOpen(false)
    } else return
    event.preventDefault()
  }
  return (
    <div className="field-picker">
      <input
        {...control}
        className="input mono"
        role="combobox"
        aria-expanded={isOpen && found.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && found[current] ? `${listId}-${current}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="event_type"
        value={value}
        onFocus={() => value === '' && setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onChange={(event) => {
          onChange(event.target.value)
          setCurrent(0)
          setIsOpen(true)
        }}
        onKeyDown={steer}
      />
      <div className="field-options" role="listbox" id={listId} aria-label="Fields" hidden={!isOpen || found.length === 0}>
        {found.map(({ name, kind }, index) => (
          <div
            key={name}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === current}
            className="menu-item"
            ref={index === current && isOpen ? (option) => option?.scrollIntoView({ block: 'nearest' }) : undefined}
            onPointerDown={(event) => {
              // The input keeps the focus.
              event.preventDefault()
              choose(name)
            }}
          >
            <span className="mono">{name}</span>
            <span className="meta">{KIND_WORDS[kind]}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

const FOUND_MAX = 60

/** Names that begin with the text come before those that have it somewhere. */
function matchingFields(table: SearchTable, text: string) {
  const summary = table.name === ALL_LOGS ? [{ name: SUMMARY, sql: SUMMARY, kind: 'text' as const }] : []
  const wanted = text.trim().toLowerCase()
  const rank = (name: string) => {
    const lower = name.toLowerCase()
    if (lower.startsWith(wanted)) return 0
    return lower.split('.').some((part) => part.startsWith(wanted)) ? 1 : 2
  }
  return [...summary, ...table.fields]
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .toSorted((one, other) => rank(one.name) - rank(other.name))
    .slice(0, FOUND_MAX)
}
