import type { Ref } from 'react'
import { Field } from '../../ui/field'
import { TextInput } from '../../ui/input'
import { type HeaderKey, readHeader, writeHeader } from './header'

export const CUSTOM = 'Custom.'

interface HeaderFieldsProps {
  box: Ref<HTMLDivElement>
  yaml: string
  onChange: (yaml: string) => void
  /** A schema that is there keeps its name. */
  hasName: boolean
  nameError?: string | undefined
}

/** The name, description and reference of a schema: the same that stands in the text. */
export function HeaderFields({ box, yaml, onChange, hasName, nameError }: HeaderFieldsProps) {
  const name = readHeader(yaml, 'schema') ?? ''
  return (
    <div ref={box} className="schema-head">
      {hasName && (
        <Field label="Name" error={nameError} hint={`Begins with ${CUSTOM} It cannot be changed later.`}>
          {(control) => (
            <div className="amount prefixed">
              <span className="mono">{CUSTOM}</span>
              <TextInput
                {...control}
                isMono
                placeholder="Portal.Login"
                value={name.startsWith(CUSTOM) ? name.slice(CUSTOM.length) : name}
                onChange={(text) => onChange(writeHeader(yaml, 'schema', text === '' ? '' : `${CUSTOM}${text.startsWith(CUSTOM) ? text.slice(CUSTOM.length) : text}`))}
              />
            </div>
          )}
        </Field>
      )}
      <HeaderField label="Description" name="description" yaml={yaml} onChange={onChange} />
      <HeaderField label="Reference URL" name="referenceURL" yaml={yaml} onChange={onChange} />
    </div>
  )
}

interface HeaderFieldProps extends Pick<HeaderFieldsProps, 'yaml' | 'onChange'> {
  label: string
  name: HeaderKey
}

function HeaderField({ label, name, yaml, onChange }: HeaderFieldProps) {
  const value = readHeader(yaml, name)
  const isElsewhere = value === undefined
  return (
    <Field label={label} isOptional hint={isElsewhere && 'It is written in a way that one line cannot show: change it in the text.'}>
      {(control) => <TextInput {...control} readOnly={isElsewhere} value={value ?? '…'} onChange={(text) => onChange(writeHeader(yaml, name, text))} />}
    </Field>
  )
}
