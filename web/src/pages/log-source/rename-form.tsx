import { type FormEvent, useRef, useState } from 'react'
import { type LogSource, renameLogSource } from '../../api/log-source'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { Button } from '../../ui/button'
import { Field, focusFirstInvalid } from '../../ui/field'
import { TextInput } from '../../ui/input'
import { LeaveGuard } from '../../ui/leave-guard'
import { ProblemView } from '../../ui/problem-view'
import { toast } from '../../ui/toast'
import { labelProblem } from './label'

export function RenameForm({ source }: { source: LogSource }) {
  const [label, setLabel] = useState(source.label)
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const denied = useDenied('LogSourceModify')
  const renaming = useAction(() => renameLogSource(source.id, label.trim()), {
    changes: [['log-sources']],
    onDone: () => toast(`It is called ${label.trim()} now`),
  })
  const error = labelProblem(label)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (error) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else if (label.trim() !== source.label) renaming.mutate()
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <LeaveGuard isDirty={label.trim() !== source.label} />
      {renaming.isError && <ProblemView error={renaming.error} isFocused />}
      <Field
        label="Name"
        hint={
          <>
            Events that land from now on carry it as <code>p_source_label</code>; those that have landed keep the old one.
          </>
        }
        error={isSent && error}
      >
        {(control) => <TextInput {...control} value={label} onChange={setLabel} />}
      </Field>
      <div className="form-actions">
        <Button type="submit" isBusy={renaming.isPending} denied={denied}>
          Rename
        </Button>
      </div>
    </form>
  )
}
