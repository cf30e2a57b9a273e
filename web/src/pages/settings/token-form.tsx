import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { ApiTokenForm } from '../../api/api-token'
import { groupsOf, isChange } from '../../api/permission'
import { meQuery, useDenied } from '../../api/session'
import { useNow } from '../../time/clock'
import { useZone } from '../../time/use-zone'
import { formatInstant, offsetLabel } from '../../time/zone'
import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/choice'
import { Field, focusFirstInvalid } from '../../ui/field'
import { Select, TextArea, TextInput } from '../../ui/input'
import { LeaveGuard } from '../../ui/leave-guard'
import { ProblemView } from '../../ui/problem-view'
import { type ExpiryChoice, type TokenDraft, expiresAt, formOf, tokenErrors } from './token-draft'
import './settings.css'

interface TokenFormProps {
  initial: TokenDraft
  /** When the token that is changed ends; null if it does not, or is new. */
  kept: string | null
  action: string
  isBusy: boolean
  error: unknown
  onSubmit: (form: ApiTokenForm) => void
  children?: ReactNode
}

export function TokenForm({ initial, kept, action, isBusy, error, onSubmit, children }: TokenFormProps) {
  const [draft, setDraft] = useState(initial)
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const zone = useZone()
  const denied = useDenied('OrganizationAPITokenModify')
  const change = (next: Partial<TokenDraft>) => setDraft({ ...draft, ...next })
  const shown = isSent ? tokenErrors(draft, kept, new Date(), zone) : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    const now = new Date()
    if (Object.keys(tokenErrors(draft, kept, now, zone)).length > 0) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else onSubmit(formOf(draft, kept, now, zone))
  }
  return (
    <form ref={form} className="form form-wide" onSubmit={submit} noValidate>
      <LeaveGuard isDirty={JSON.stringify(draft) !== JSON.stringify(initial)} />
      {error != null && <ProblemView error={error} isFocused />}
      <Field label="Name" hint="The audit log and timelines call it so." error={shown.name}>
        {(control) => <TextInput {...control} value={draft.name} onChange={(name) => change({ name })} />}
      </Field>
      <PermissionFields initial={initial.permissions} chosen={draft.permissions} error={shown.permissions} onChange={(permissions) => change({ permissions })} />
      <ExpiryFields draft={draft} kept={kept} error={shown.date} onChange={change} />
      <Field
        label="Allowed networks"
        isOptional
        hint="One a line, such as 203.0.113.0/24. Empty: from everywhere. Behind a proxy, the server has to be started with --public-url to know where requests come from."
        error={shown.networks}
      >
        {(control) => <TextArea {...control} className="input mono" value={draft.networks} onChange={(networks) => change({ networks })} />}
      </Field>
      <div className="form-actions">
        <Button type="submit" kind="primary" isBusy={isBusy} denied={denied}>
          {action}
        </Button>
        {children}
      </div>
    </form>
  )
}

interface PermissionFieldsProps {
  /** What the token has already: it can be taken away. */
  initial: readonly string[]
  chosen: readonly string[]
  error: string | undefined
  onChange: (chosen: string[]) => void
}

/** Nobody gives more than they have: only one's own permissions can be chosen. */
function PermissionFields({ initial, chosen, error, onChange }: PermissionFieldsProps) {
  const own = useQuery(meQuery).data?.permissions ?? []
  const names = [...new Set([...own, ...initial])]
  const toggle = (name: string, isChosen: boolean) => onChange(names.filter((one) => (one === name ? isChosen : chosen.includes(one))))
  return (
    <fieldset className="permissions" tabIndex={-1} aria-invalid={error ? true : undefined} aria-describedby={error ? 'permissions-error' : undefined}>
      <legend className="legend">Permissions</legend>
      <div className="toolbar">
        <Button size="small" onClick={() => onChange(names.filter((name) => !isChange(name)))}>
          All that look
        </Button>
        <Button size="small" onClick={() => onChange([])}>
          None
        </Button>
        <span className="quiet" role="status">
          {chosen.length} of {names.length} chosen
        </span>
      </div>
      {error && (
        <p id="permissions-error" className="field-error">
          {error}
        </p>
      )}
      <div className="permission-groups">
        {groupsOf(names).map(({ label, permissions }) => (
          <fieldset key={label}>
            <legend className="legend">{label}</legend>
            {permissions.map(({ name, does }) => (
              <Checkbox
                key={name}
                label={
                  <>
                    {does.charAt(0).toUpperCase() + does.slice(1)} <code className="meta">{name}</code>
                  </>
                }
                isChosen={chosen.includes(name)}
                onChange={(isChosen) => toggle(name, isChosen)}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </fieldset>
  )
}

interface ExpiryFieldsProps {
  draft: TokenDraft
  kept: string | null
  error: string | undefined
  onChange: (change: Partial<TokenDraft>) => void
}

function ExpiryFields({ draft, kept, error, onChange }: ExpiryFieldsProps) {
  const zone = useZone()
  const now = useNow()
  const written = (at: Date) => `${formatInstant(at, zone, 'minute')} ${offsetLabel(at, zone)}`
  const end = expiresAt(draft, kept, now, zone)
  const options: Array<{ value: ExpiryChoice; label: string }> = [
    ...(kept ? [{ value: 'kept' as const, label: 'As it is' }] : []),
    { value: '30', label: '30 days' },
    { value: '90', label: '90 days' },
    { value: 'date', label: 'The end of a day' },
    { value: 'never', label: 'Never' },
  ]
  return (
    <>
      <Field label="Expires" hint={end ? `It is not taken any more from ${written(new Date(end))} on.` : undefined}>
        {(control) => <Select {...control} value={draft.expiry} options={options} onChange={(expiry) => onChange({ expiry })} />}
      </Field>
      {draft.expiry === 'date' && (
        <Field label="Last day" error={error}>
          {(control) => (
            <span className="select">
              <TextInput {...control} type="date" value={draft.date} onChange={(date) => onChange({ date })} />
            </span>
          )}
        </Field>
      )}
      {draft.expiry === 'never' && (
        <Banner tone="warn">
          <p>A token that never expires works until somebody deletes it, also for whoever finds it in a file years from now. Rotate it from time to time.</p>
        </Banner>
      )}
    </>
  )
}
