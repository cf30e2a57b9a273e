import { Pause, X } from 'lucide-react'
import { useState } from 'react'
import { type Filter, filterError, filterWords } from '../../search/filter'
import { searchedField } from '../../search/compile'
import type { SearchTable } from '../../search/table'
import { Button } from '../../ui/button'
import { Popover } from '../../ui/popover'
import { FilterForm } from './filter-form'
import type { Running } from './use-run'

interface FilterChipProps {
  filter: Filter
  table: SearchTable | undefined
  running: Running
  /** Undefined takes it away. */
  onChange: (filter: Filter | undefined) => void
}

/** One filter: said in words, changed by a press, taken away by another. */
export function FilterChip({ filter, table, running, onChange }: FilterChipProps) {
  const [isOpen, setIsOpen] = useState(false)
  const field = table && searchedField(table, filter.field)
  const error = table ? filterError(filter, field) : undefined
  const words = filterWords(filter, field?.kind)
  const finish = (next: Filter | undefined) => {
    setIsOpen(false)
    onChange(next)
  }
  return (
    <span className="chip" data-paused={filter.isPaused || undefined} data-wrong={error !== undefined || undefined}>
      <Popover
        title={`Filter ${words.join(' ')}`}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          <button type="button" className="chip-text" title={error}>
            {filter.isPaused && <Pause size={12} aria-hidden="true" />}
            {filter.isPaused && <span className="visually-hidden">Paused: </span>}
            <span className="chip-field">{words[0]}</span> <span className="quiet">{words[1]}</span> <bdi className="mono">{words[2]}</bdi>
            {error !== undefined && <span className="visually-hidden">. {error}</span>}
          </button>
        }
      >
        <div className="stack chip-form">
          <div className="form-actions">
            <Button size="small" onClick={() => finish({ ...filter, isInverted: !filter.isInverted })}>
              Invert
            </Button>
            <Button size="small" onClick={() => finish({ ...filter, isPaused: !filter.isPaused })}>
              {filter.isPaused ? 'Resume' : 'Pause'}
            </Button>
            <Button size="small" onClick={() => finish(undefined)}>
              Remove
            </Button>
          </div>
          {error !== undefined && <p className="field-error">{error}</p>}
          {table && <FilterForm table={table} running={running} initial={filter} action="Apply" onDone={finish} />}
        </div>
      </Popover>
      <button type="button" className="chip-remove" aria-label={`Remove the filter ${words.join(' ')}`} onClick={() => onChange(undefined)}>
        <X size={12} aria-hidden="true" />
      </button>
    </span>
  )
}
