import { type FormEvent, useRef, useState } from 'react'
import { type Credentials, signIn } from '../api/session'
import { useAction } from '../api/use-action'
import { Button } from '../ui/button'
import { Field, focusFirstInvalid } from '../ui/field'
import { PasswordInput, TextInput } from '../ui/input'
import { ProblemView } from '../ui/problem-view'

/** Email and password; for the page to sign in, and for signing in again over a page. */
export function LoginForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [credentials, setCredentials] = useState<Credentials>({ email: '', password: '' })
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const signing = useAction(signIn, { changes: [], onDone: onSignedIn })
  const emailError = isSent && !credentials.email.trim() && 'Enter your email address.'
  const passwordError = isSent && !credentials.password && 'Enter your password.'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (credentials.email.trim() && credentials.password) signing.mutate({ ...credentials, email: credentials.email.trim() })
    else requestAnimationFrame(() => focusFirstInvalid(form.current))
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      {signing.isError && <ProblemView error={signing.error} isFocused />}
      <Field label="Email" error={emailError}>
        {(control) => (
          <TextInput
            {...control}
            type="email"
            autoComplete="username"
            value={credentials.email}
            onChange={(email) => setCredentials({ ...credentials, email })}
          />
        )}
      </Field>
      <Field label="Password" error={passwordError}>
        {(control) => (
          <PasswordInput
            {...control}
            autoComplete="current-password"
            value={credentials.password}
            onChange={(password) => setCredentials({ ...credentials, password })}
          />
        )}
      </Field>
      <Button type="submit" kind="primary" isBusy={signing.isPending}>
        Sign in
      </Button>
    </form>
  )
}
