import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { type Role, type UserForm, createUser } from '../../api/user'
import { useIdempotencyKey } from '../../idempotency'
import { Button, ButtonLink } from '../../ui/button'
import { Field, focusFirstInvalid } from '../../ui/field'
import { TextInput } from '../../ui/input'
import { LeaveGuard } from '../../ui/leave-guard'
import { Page } from '../../ui/page'
import { ProblemView } from '../../ui/problem-view'
import { ShownOnce } from '../../ui/shown-once'
import { toast } from '../../ui/toast'
import { USERS_CRUMBS } from './crumbs'
import { Needs } from './needs'
import { PasswordChoiceFields, passwordProblem, usePasswordChoice } from './password-choice'
import { RoleChoice } from './role-choice'

export function NewUserPage() {
  return (
    <Page title="Add user" crumbs={USERS_CRUMBS}>
      <Needs permission="UserModify">
        <NewUser />
      </Needs>
    </Page>
  )
}

function NewUser() {
  const [choice, setChoice] = usePasswordChoice()
  const [made, setMade] = useState<{ id: string; email: string }>()
  const navigate = useNavigate()
  const open = (id: string) => void navigate({ to: '/settings/users/$id', params: { id }, ignoreBlocker: true })
  if (made) {
    return (
      <ShownOnce title={`The password of ${made.email}`} value={choice.password} what="password" onDone={() => open(made.id)}>
        <p className="quiet">
          They sign in at <code>{location.origin}</code> with it, and choose their own in Settings, Profile.
        </p>
      </ShownOnce>
    )
  }
  return (
    <NewUserForm
      choice={choice}
      onChoice={setChoice}
      onMade={(user) => {
        toast(`${user.email} is added`)
        if (choice.isGenerated) setMade(user)
        else open(user.id)
      }}
    />
  )
}

interface NewUserFormProps {
  choice: ReturnType<typeof usePasswordChoice>[0]
  onChoice: ReturnType<typeof usePasswordChoice>[1]
  onMade: (user: { id: string; email: string }) => void
}

function NewUserForm({ choice, onChoice, onMade }: NewUserFormProps) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('Analyst')
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const denied = useDenied('UserModify')
  const { keyOf } = useIdempotencyKey()
  const adding = useAction((body: UserForm) => createUser(body, keyOf(body)), { changes: [['users']], onDone: onMade, isSecret: true })
  const emailError = /^\S+@\S+$/.test(email.trim()) ? undefined : 'Enter an email address, such as ann@example.com.'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (emailError || passwordProblem(choice.password)) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else adding.mutate({ email: email.trim(), role, password: choice.password })
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <LeaveGuard isDirty={email !== ''} />
      {adding.isError && <ProblemView error={adding.error} isFocused />}
      <Field label="Email" hint="What they sign in with. Nothing is sent there." error={isSent && emailError}>
        {(control) => <TextInput {...control} type="email" value={email} onChange={setEmail} autoFocus />}
      </Field>
      <RoleChoice role={role} onChange={setRole} />
      <PasswordChoiceFields choice={choice} isSent={isSent} onChange={onChoice} />
      <div className="form-actions">
        <Button type="submit" kind="primary" isBusy={adding.isPending} denied={denied}>
          Add user
        </Button>
        <ButtonLink kind="quiet" to="/settings/users">
          Cancel
        </ButtonLink>
      </div>
    </form>
  )
}
