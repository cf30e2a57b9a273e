import { type FormEvent, useRef, useState } from 'react'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { type User, setUserPassword } from '../../api/user'
import { Button } from '../../ui/button'
import { focusFirstInvalid } from '../../ui/field'
import { ProblemView } from '../../ui/problem-view'
import { ShownOnce } from '../../ui/shown-once'
import { toast } from '../../ui/toast'
import { PasswordChoiceFields, newChoice, passwordProblem, usePasswordChoice } from './password-choice'

type Step = 'closed' | 'form' | 'shown'

/** Another password for somebody who forgot theirs. */
export function UserPassword({ user }: { user: User }) {
  const [step, setStep] = useState<Step>('closed')
  const [choice, setChoice] = usePasswordChoice()
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const denied = useDenied('UserModify')
  const setting = useAction((password: string) => setUserPassword(user.id, password), {
    changes: [],
    isSecret: true,
    onDone: () => {
      toast(`${user.email} has another password`)
      setStep(choice.isGenerated ? 'shown' : 'closed')
    },
  })
  const begin = () => {
    setting.reset()
    setChoice(newChoice())
    setIsSent(false)
    setStep('form')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (passwordProblem(choice.password)) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else setting.mutate(choice.password)
  }
  if (step === 'shown') {
    return <ShownOnce title={`The new password of ${user.email}`} value={choice.password} what="password" onDone={() => setStep('closed')} />
  }
  if (step === 'closed') {
    return (
      <>
        <p className="quiet">For somebody who has forgotten theirs. They are signed out everywhere.</p>
        <div className="form-actions">
          <Button denied={denied} onClick={begin}>
            Set password…
          </Button>
        </div>
      </>
    )
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      {setting.isError && <ProblemView error={setting.error} isFocused />}
      <PasswordChoiceFields choice={choice} isSent={isSent} onChange={setChoice} />
      <p className="quiet">The password that they have is void at once, and they are signed out everywhere.</p>
      <div className="form-actions">
        <Button type="submit" kind="primary" isBusy={setting.isPending}>
          Set password
        </Button>
        <Button kind="quiet" onClick={() => setStep('closed')}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
