import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import type { DestinationForm as Body } from '../../api/destination'
import { useDenied } from '../../api/session'
import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { Checkboxes, Switch } from '../../ui/choice'
import { Field, focusFirstInvalid } from '../../ui/field'
import { SecretInput, Select, TextInput } from '../../ui/input'
import { LeaveGuard } from '../../ui/leave-guard'
import { ProblemView } from '../../ui/problem-view'
import { SEVERITIES } from '../../ui/severity'
import { ALERT_TYPES, type DestinationDraft, draftErrors, formOf } from './draft'
import type { Kind, SettingField } from './kinds'

interface DestinationFormProps {
  kind: Kind
  initial: DestinationDraft
  /** Whether a secret is stored: then an empty field keeps it. */
  hasSecret: boolean
  action: string
  isBusy: boolean
  error: unknown
  onSubmit: (body: Body) => void
  children?: ReactNode
}

export function DestinationForm({ kind, initial, hasSecret, action, isBusy, error, onSubmit, children }: DestinationFormProps) {
  const [draft, setDraft] = useState(initial)
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const denied = useDenied('DestinationModify')
  const errors = draftErrors(draft, kind, hasSecret)
  const shown = isSent ? errors : {}
  const change = (next: Partial<DestinationDraft>) => setDraft({ ...draft, ...next })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (Object.keys(errors).length > 0) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else onSubmit(formOf(draft, kind))
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <LeaveGuard isDirty={JSON.stringify(draft) !== JSON.stringify(initial)} />
      {error != null && <ProblemView error={error} isFocused />}
      <Field label="Display Name" error={shown.name}>
        {(control) => <TextInput {...control} value={draft.name} onChange={(name) => change({ name })} />}
      </Field>
      {kind.settings.map((field) => (
        <Setting
          key={field.name}
          field={field}
          value={draft.settings[field.name] ?? ''}
          error={shown[field.name]}
          onChange={(value) => change({ settings: { ...draft.settings, [field.name]: value } })}
        />
      ))}
      {kind.secret && (
        <Field
          label={kind.secret.label}
          isOptional={kind.secret.isOptional ?? false}
          hint={hasSecret ? 'One is stored, encrypted. Leave this empty to keep it.' : kind.secret.hint}
          error={shown.secret}
        >
          {(control) => <SecretInput {...control} value={draft.secret} onChange={(secret) => change({ secret })} />}
        </Field>
      )}
      <Checkboxes legend="Severities" options={SEVERITIES} chosen={draft.severities} onChange={(severities) => change({ severities })} />
      {shown.severities && <p className="field-error">{shown.severities}</p>}
      <Checkboxes legend="Alert types" options={ALERT_TYPES} chosen={draft.alertTypes} onChange={(alertTypes) => change({ alertTypes })} />
      {shown.alertTypes && <p className="field-error">{shown.alertTypes}</p>}
      {!draft.alertTypes.includes('SYSTEM_ERROR') && (
        <Banner tone="warn">
          <p>System errors, such as a source that stopped, do not come here.</p>
        </Banner>
      )}
      <Switch label="Alerts go there" isChosen={draft.isEnabled} onChange={(isEnabled) => change({ isEnabled })} />
      <div className="form-actions">
        <Button type="submit" kind="primary" isBusy={isBusy} denied={denied}>
          {action}
        </Button>
        {children}
      </div>
    </form>
  )
}

interface SettingProps {
  field: SettingField
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

function Setting({ field, value, error, onChange }: SettingProps) {
  return (
    <Field label={field.label} isOptional={field.isOptional ?? false} hint={field.hint} error={error}>
      {(control) =>
        field.options ? (
          <Select {...control} value={value} options={field.options} onChange={onChange} />
        ) : (
          <TextInput
            {...control}
            placeholder={field.placeholder}
            inputMode={field.type === 'number' ? 'numeric' : undefined}
            value={value}
            onChange={onChange}
          />
        )
      }
    </Field>
  )
}
