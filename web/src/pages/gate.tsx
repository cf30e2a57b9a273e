// Before the console: signing in, and the first administrator.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { queryClient } from '../api/query-client'
import { meQuery, setUp } from '../api/session'
import { useAction } from '../api/use-action'
import { safeNext } from '../search-params'
import { Brand } from '../shell/brand'
import { LoginForm } from '../shell/login-form'
import { Button } from '../ui/button'
import { Field, focusFirstInvalid } from '../ui/field'
import { PasswordInput, TextInput } from '../ui/input'
import { ProblemView } from '../ui/problem-view'
import { useTitle } from '../ui/title'

const PASSWORD_CHARACTERS_MIN = 12

function Gate({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title)
  return (
    <main className="gate">
      <Brand />
      <div className="card">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}

export function LoginPage() {
  const { next } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  const enter = async () => {
    queryClient.removeQueries({ queryKey: meQuery.queryKey })
    await navigate({ href: safeNext(next) })
  }
  return (
    <Gate title="Sign in">
      <LoginForm onSignedIn={() => void enter()} />
    </Gate>
  )
}

interface SetupForm {
  code: string
  email: string
  password: string
}

/** The code of `…/setup#t=…`: behind the `#`, so that no log has it. */
function codeOfLink(): string {
  return new URLSearchParams(location.hash.slice(1)).get('t') ?? ''
}

export function SetupPage() {
  const [form, setForm] = useState<SetupForm>(() => ({ code: codeOfLink(), email: '', password: '' }))
  const [isSent, setIsSent] = useState(false)
  const box = useRef<HTMLFormElement>(null)
  const navigate = useNavigate()
  const setup = useAction(setUp, {
    changes: [],
    onDone: () => {
      queryClient.clear()
      void navigate({ to: '/integrations/log-sources' })
    },
  })
  const errors = isSent ? setupErrors(form) : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (Object.keys(setupErrors(form)).length === 0) setup.mutate({ ...form, code: form.code.trim(), email: form.email.trim() })
    else requestAnimationFrame(() => focusFirstInvalid(box.current))
  }
  const change = (name: keyof SetupForm) => (value: string) => setForm({ ...form, [name]: value })
  return (
    <Gate title="Set up your console">
      <form ref={box} className="form" onSubmit={submit} noValidate>
        {setup.isError && <ProblemView error={setup.error} isFocused />}
        <Field label="Setup code" hint="Printed in the terminal where you started the server." error={errors.code}>
          {(control) => <TextInput {...control} isMono autoComplete="one-time-code" value={form.code} onChange={change('code')} />}
        </Field>
        <Field label="Email" error={errors.email}>
          {(control) => <TextInput {...control} type="email" autoComplete="username" value={form.email} onChange={change('email')} />}
        </Field>
        <Field label="Password" hint={`${PASSWORD_CHARACTERS_MIN} characters or more. Long phrases are fine.`} error={errors.password}>
          {(control) => <PasswordInput {...control} autoComplete="new-password" value={form.password} onChange={change('password')} />}
        </Field>
        <Button type="submit" kind="primary" isBusy={setup.isPending}>
          Create Administrator
        </Button>
      </form>
    </Gate>
  )
}

function setupErrors({ code, email, password }: SetupForm): Partial<Record<keyof SetupForm, string>> {
  return {
    ...(code.trim() === '' && { code: 'Paste the code from the terminal.' }),
    ...(!/^\S+@\S+$/.test(email.trim()) && { email: 'Enter your email address, such as ann@example.com.' }),
    ...([...password].length < PASSWORD_CHARACTERS_MIN && { password: `Use at least ${PASSWORD_CHARACTERS_MIN} characters.` }),
  }
}
