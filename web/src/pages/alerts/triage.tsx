import { type FormEvent, useState } from 'react'
import { type Alert, type AlertChange, type AlertStatus, changeAlert } from '../../api/alert'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Select, TextInput } from '../../ui/input'
import { ProblemView } from '../../ui/problem-view'
import { STATUSES } from './status'

const ASSIGNEE_CHARACTERS_MAX = 255

/** Where people have come with it, and who looks after it. */
export function Triage({ alert }: { alert: Alert }) {
  const [assignee, setAssignee] = useState(alert.assignee ?? '')
  const denied = useDenied('AlertModify')
  const changing = useAction((change: AlertChange) => changeAlert(alert.id, change), { changes: [['alert', alert.id], ['alerts']] })
  const assign = (event: FormEvent) => {
    event.preventDefault()
    changing.mutate({ assignee: assignee.trim() || null })
  }
  return (
    <>
      {changing.isError && <ProblemView error={changing.error} isFocused />}
      <Field label="Status" hint={denied}>
        {(control) => (
          <Select<AlertStatus>
            {...control}
            value={alert.status}
            options={STATUSES}
            disabled={Boolean(denied) || changing.isPending}
            onChange={(status) => changing.mutate({ status })}
          />
        )}
      </Field>
      <form onSubmit={assign}>
        <Field label="Looked after by" isOptional>
          {(control) => (
            <div className="input-row">
              <TextInput {...control} maxLength={ASSIGNEE_CHARACTERS_MAX} placeholder="ann@example.com" value={assignee} onChange={setAssignee} />
              <Button type="submit" denied={denied} isBusy={changing.isPending}>
                Assign
              </Button>
            </div>
          )}
        </Field>
      </form>
    </>
  )
}
