import { type FormEvent, useRef, useState } from 'react'
import { changePassword } from '../../../api/profile'
import { useAction } from '../../../api/use-action'
import { PASSWORD_CHARACTERS_MIN } from '../../../api/user'
import { Button } from '../../../ui/button'
import { Field, focusFirstInvalid } from '../../../ui/field'
import { PasswordInput } from '../../../ui/input'
import { ProblemView } from '../../../ui/problem-view'
import { toast } from '../../../ui/toast'
import { passwordProblem } from '../password-choice'

const EMPTY = { current: '', new: '' }

/** Another password for oneself. */
export function PasswordForm({ email }: { email: string }) {
  const [draft, setDraft] = useState(EMPTY)
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const changing = useAction(changePassword, {
    changes: [['me', 'sessions']],
    isSecret: true,
    onDone: () => {
      toast('Your password is changed')
      setDraft(EMPTY)
      setIsSent(false)
    },
  })
  const errors = {
    current: draft.current === '' ? 'Enter the password that you have now.' : undefined,
    new: passwordProblem(draft.new) ?? (draft.new === draft.current ? 'That is the password that you have now.' : undefined),
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (errors.current || errors.new) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else changing.mutate(draft)
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      {changing.isError && <ProblemView error={changing.error} isFocused />}
      {/* Password managers need to know whose password it is. */}
      <input className="visually-hidden" type="text" autoComplete="username" value={email} readOnly tabIndex={-1} aria-hidden="true" />
      <Field label="Current password" error={isSent && errors.current}>
        {(control) => (
          <PasswordInput {...control} autoComplete="current-password" value={draft.current} onChange={(current) => setDraft({ ...draft, current })} />
        )}
      </Field>
      <Field label="New password" hint={`${PASSWORD_CHARACTERS_MIN} characters or more. Long phrases are fine.`} error={isSent && errors.new}>
        {(control) => <PasswordInput {...control} autoComplete="new-password" value={draft.new} onChange={(next) => setDraft({ ...draft, new: next })} />}
      </Field>
      <p className="quiet">You stay signed in here and are signed out everywhere else.</p>
      <div className="form-actions">
        <Button type="submit" isBusy={changing.isPending}>
          Change password
        </Button>
      </div>
    </form>
  )
}
