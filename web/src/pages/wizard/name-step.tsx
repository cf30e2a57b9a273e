import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { logSourcesQuery } from '../../api/log-source'
import { Button } from '../../ui/button'
import { Field, focusFirstInvalid } from '../../ui/field'
import { TextInput } from '../../ui/input'
import { labelProblem } from '../log-source/label'
import type { SetupDraft } from './wizard'

interface NameStepProps {
  draft: SetupDraft
  onChange: (draft: SetupDraft) => void
  onDone: () => void
  cancelButton: ReactNode
}

export function NameStep({ draft, onChange, onDone, cancelButton }: NameStepProps) {
  const sources = useQuery(logSourcesQuery).data ?? []
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const same = sources.find((source) => source.label.toLowerCase() === draft.label.trim().toLowerCase())
  const error = labelProblem(draft.label) ?? (same && <Taken id={same.id} label={same.label} />)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (error) return requestAnimationFrame(() => focusFirstInvalid(form.current))
    onChange({ ...draft, label: draft.label.trim() })
    onDone()
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <Field
        label="Name"
        hint={
          <>
            Appears in lists, alerts, and on every event as <code>p_source_label</code>. You can change it later.
          </>
        }
        error={isSent && error}
      >
        {(control) => (
          <TextInput {...control} placeholder="My Asana logs" value={draft.label} onChange={(label) => onChange({ ...draft, label })} autoFocus />
        )}
      </Field>
      <div className="form-actions">
        <Button type="submit" kind="primary">
          Continue Setup
        </Button>
        {cancelButton}
      </div>
    </form>
  )
}

function Taken({ id, label }: { id: string; label: string }) {
  return (
    <>
      “{label}” already exists:{' '}
      <Link to="/integrations/log-sources/$id/overview" params={{ id }}>
        open it
      </Link>
      , or choose another name.
    </>
  )
}
