import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { type Alarm, alarmListKey, resetAlarm, setAlarm } from '../../api/alarm'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { Button } from '../../ui/button'
import { focusFirstInvalid } from '../../ui/field'
import { LeaveGuard } from '../../ui/leave-guard'
import { ProblemView } from '../../ui/problem-view'
import { AlarmFields } from './alarm-fields'
import { AlarmRehearsal } from './alarm-rehearsal'
import { type AlarmDraft, alarmErrors, draftOf, settingsOf } from './settings'

interface AlarmEditorProps {
  alarm: Alarm
  /** `Save alarm`, or the wizard's `Finish Setup`. */
  action: string
  onSaved: () => void
  /** Whether the defaults can be had again with one button. */
  canReset?: boolean
  onCancel?: () => void
  children?: ReactNode
}

export function AlarmEditor({ alarm, action, onSaved, canReset, onCancel, children }: AlarmEditorProps) {
  const [draft, setDraft] = useState<AlarmDraft>(() => draftOf(alarm))
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const denied = useDenied('LogSourceModify')
  const changes = [alarmListKey(alarm)]
  const saving = useAction((settings: AlarmDraft) => setAlarm(alarm, settingsOf(settings, alarm)), {
    changes,
    onDone: onSaved,
  })
  const resetting = useAction(() => resetAlarm(alarm), { changes, onDone: onSaved })
  const errors = alarmErrors(draft, alarm)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (draft.isEnabled && Object.keys(errors).length > 0) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else saving.mutate(draft)
  }
  const failed = saving.error ?? resetting.error
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <LeaveGuard isDirty={JSON.stringify(draft) !== JSON.stringify(draftOf(alarm))} />
      {failed && <ProblemView error={failed} isFocused />}
      <AlarmFields alarm={alarm} draft={draft} errors={isSent ? errors : {}} onChange={setDraft}>
        <AlarmRehearsal alarm={alarm} draft={draft} isValid={Object.keys(errors).length === 0} onSuggest={(minutes) => setDraft({ ...draft, minutes })} />
      </AlarmFields>
      {children}
      <div className="form-actions">
        <Button type="submit" kind="primary" isBusy={saving.isPending} denied={denied}>
          {action}
        </Button>
        {canReset && alarm.isSet && (
          <Button isBusy={resetting.isPending} denied={denied} onClick={() => resetting.mutate()}>
            Use the defaults
          </Button>
        )}
        {onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  )
}
