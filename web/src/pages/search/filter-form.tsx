import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useId, useRef, useState } from 'react'
import { formatCount } from '../../format'
import { type Filter, type Operator, filterError, operatorText, operatorsFor } from '../../search/filter'
import { searchedField, valuesSql } from '../../search/compile'
import { ask } from '../../search/run'
import type { Field as TableField, SearchTable } from '../../search/table'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/choice'
import { Field, focusFirstInvalid } from '../../ui/field'
import { Select, TextArea, TextInput } from '../../ui/input'
import { FieldPicker } from './field-picker'
import type { Running } from './use-run'

interface FilterFormProps {
  table: SearchTable
  running: Running
  initial?: Filter
  action: string
  onDone: (filter: Filter) => void
}

const VALUES_OFFERED = 8

export function FilterForm({ table, running, initial, action, onDone }: FilterFormProps) {
  const [name, setName] = useState(initial?.field ?? '')
  const [operator, setOperator] = useState<Operator>(initial?.operator ?? 'is')
  const [isInverted, setIsInverted] = useState(initial?.isInverted ?? false)
  const [values, setValues] = useState<readonly string[]>(initial?.values ?? [''])
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const field = searchedField(table, name.trim())
  const operators = operatorsFor(field?.kind ?? 'text')
  const chosen = operators.includes(operator) ? operator : (operators[0] ?? 'is')
  const filter = made(field?.name ?? name.trim(), chosen, values, isInverted, field)
  const error = isSent ? filterError(filter, field) : undefined

  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    setIsSent(true)
    if (filterError(filter, field) === undefined) onDone({ ...filter, ...(initial?.isPaused && { isPaused: true }) })
    else requestAnimationFrame(() => focusFirstInvalid(form.current))
  }
  return (
    <form ref={form} className="filter-form" onSubmit={submit} noValidate>
      <Field label="Field" error={field ? undefined : error}>
        {(control) => <FieldPicker control={control} table={table} value={name} onChange={setName} />}
      </Field>
      <div className="filter-form-row">
        <Field label="Condition">
          {(control) => (
            <Select<Operator>
              {...control}
              value={chosen}
              options={operators.map((value) => ({ value, label: operatorText(value, field?.kind, isInverted) }))}
              onChange={setOperator}
            />
          )}
        </Field>
        <Checkbox label="Not" isChosen={isInverted} onChange={setIsInverted} />
      </div>
      <ValueFields operator={chosen} field={field} values={values} error={field ? error : undefined} onChange={setValues} />
      {field && chosen !== 'exists' && chosen !== 'between' && chosen !== 'cidr' && (
        <Offered
          table={table}
          running={running}
          field={field}
          onChoose={(value) => setValues(chosen === 'in' ? [...values.filter((one) => one !== ''), value] : [value])}
        />
      )}
      <Button type="submit" kind="primary">
        {action}
      </Button>
    </form>
  )
}

function made(field: string, operator: Operator, values: readonly string[], isInverted: boolean, known: TableField | undefined): Filter {
  const first = values[0] ?? ''
  // A text may have blanks around it that matter; numbers, times and networks have none.
  const clean = (value: string) => (known?.kind === 'text' || known?.kind === 'list' ? (operator === 'cidr' ? value.trim() : value) : value.trim())
  const own = () => {
    if (operator === 'exists') return []
    if (operator === 'in') return values.map(clean).filter((value) => value !== '')
    return operator === 'between' ? [clean(first), clean(values[1] ?? '')] : [clean(first)]
  }
  return { field, operator, values: own(), ...(isInverted && { isInverted }) }
}

interface ValueFieldsProps {
  operator: Operator
  field: TableField | undefined
  values: readonly string[]
  error: string | undefined
  onChange: (values: readonly string[]) => void
}

function ValueFields({ operator, field, values, error, onChange }: ValueFieldsProps) {
  const [first = '', second = ''] = values
  if (operator === 'exists') return null
  if (operator === 'in') {
    return (
      <Field label="Values" hint="One a line; paste as many as you like." error={error}>
        {(control) => <TextArea {...control} value={values.join('\n')} onChange={(text) => onChange(text.split(/\r?\n/))} />}
      </Field>
    )
  }
  if (field?.kind === 'boolean') {
    return (
      <Field label="Value" error={error}>
        {(control) => {
          const value = first === 'true' || first === 'false' ? first : ''
          return <Select {...control} value={value} options={BOOLEANS} onChange={(chosen) => onChange([chosen])} />
        }}
      </Field>
    )
  }
  return (
    <>
      <Field
        label={operator === 'between' ? 'From' : 'Value'}
        error={error}
        hint={field?.kind === 'time' ? 'Such as 2026-11-23 18:00, in UTC unless it has an offset.' : undefined}
      >
        {(control) => <TextInput {...control} isMono value={first} onChange={(value) => onChange([value, second])} />}
      </Field>
      {operator === 'between' && (
        <Field label="To">{(control) => <TextInput {...control} isMono value={second} onChange={(value) => onChange([first, value])} />}</Field>
      )}
    </>
  )
}

const BOOLEANS = [
  { value: '', label: 'Choose' },
  { value: 'true', label: 'true' },
  { value: 'false', label: 'false' },
]

interface OfferedProps {
  table: SearchTable
  running: Running
  field: TableField
  onChoose: (value: string) => void
}

/** The most frequent values in the time that is searched. */
function Offered({ table, running, field, onChoose }: OfferedProps) {
  const id = useId()
  const request = running.current?.request
  const query = useQuery({
    queryKey: ['search-offered', table.name, field.name, request?.span],
    queryFn: ({ signal }) => {
      const counted = { table, tables: request?.tables ?? [], filters: [], span: request?.span ?? { from: new Date(0), to: new Date() } }
      return ask(valuesSql(counted, field.name, VALUES_OFFERED), 'values', signal)
    },
    enabled: request !== undefined && field.kind !== 'struct' && field.kind !== 'time',
    staleTime: 60_000,
    retry: false,
  })
  const offered = (query.data?.rows ?? []).filter(([value]) => value !== null)
  if (offered.length === 0) return null
  return (
    <div>
      <p className="meta" id={id}>
        Frequent in this time
      </p>
      <ul className="offered" aria-labelledby={id}>
        {offered.map(([value, count]) => (
          <li key={String(value)}>
            <button type="button" className="offered-value" onClick={() => onChoose(String(value))}>
              <bdi>{String(value)}</bdi>
              <span className="meta">{formatCount(Number(count))}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
