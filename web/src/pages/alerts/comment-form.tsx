import { type FormEvent, useRef, useState } from 'react'
import { commentAlert } from '../../api/alert'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { useIdempotencyKey } from '../../idempotency'
import { Button } from '../../ui/button'
import { Field, focusFirstInvalid } from '../../ui/field'
import { TextArea } from '../../ui/input'
import { LeaveGuard } from '../../ui/leave-guard'
import { ProblemView } from '../../ui/problem-view'

const CHARACTERS_MAX = 10_240

export function CommentForm({ alertId }: { alertId: string }) {
  const [text, setText] = useState('')
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const denied = useDenied('AlertModify')
  const { keyOf, forget } = useIdempotencyKey()
  const commenting = useAction((comment: string) => commentAlert(alertId, comment, keyOf(comment)), {
    changes: [['alert', alertId]],
    onDone: () => {
      forget()
      setText('')
      setIsSent(false)
    },
  })
  const error = text.trim() === '' && 'Write something first.'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (error) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else commenting.mutate(text.trim())
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <LeaveGuard isDirty={text.trim() !== ''} />
      {commenting.isError && <ProblemView error={commenting.error} isFocused />}
      <Field label="Comment" error={isSent && error}>
        {(control) => <TextArea {...control} maxLength={CHARACTERS_MAX} value={text} onChange={setText} />}
      </Field>
      <div className="form-actions">
        <Button type="submit" isBusy={commenting.isPending} denied={denied}>
          Add comment
        </Button>
      </div>
    </form>
  )
}
