import { type FormEvent, useRef, useState } from 'react'
import { type LogSource, replaceToken } from '../../api/log-source'
import { RequestError } from '../../api/problem'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { cleanToken, tokenProblem } from '../../connectors/asana'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field, focusFirstInvalid } from '../../ui/field'
import { SecretInput } from '../../ui/input'
import { ProblemView } from '../../ui/problem-view'
import { toast } from '../../ui/toast'

/** The stored token is never shown; another takes its place once it was checked. */
export function TokenForm({ source }: { source: LogSource }) {
  const [isOpen, setIsOpen] = useState(false)
  const denied = useDenied('LogSourceModify')
  const close = () => setIsOpen(false)
  return (
    <>
      <p className="quiet">
        Service Account Token: <span aria-hidden="true">••••••••</span> stored encrypted, never shown.
      </p>
      <div className="form-actions">
        <Button denied={denied} onClick={() => setIsOpen(true)}>
          Replace token…
        </Button>
      </div>
      <Dialog title="Replace token" isOpen={isOpen} onClose={close}>
        <ReplaceForm source={source} onClose={close} />
      </Dialog>
    </>
  )
}

function ReplaceForm({ source, onClose }: { source: LogSource; onClose: () => void }) {
  const [token, setToken] = useState('')
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const replacing = useAction((value: string) => replaceToken(source.id, value), {
    changes: [['log-sources']],
    onDone: () => {
      toast(`${source.label} has a new token`)
      onClose()
    },
  })
  const refused = replacing.error instanceof RequestError ? replacing.error.problem.diagnosis : undefined
  const error = tokenProblem(cleanToken(token), source.organizationId ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    setToken(cleanToken(token))
    if (error) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else replacing.mutate(cleanToken(token))
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <p className="quiet">The new token is checked first. Until it passes, the one that is stored stays. Reading goes on where it is.</p>
      {replacing.isError && <ProblemView error={replacing.error} isFocused />}
      <Field label="Service Account Token" hint="Saved encrypted. Not shown again." error={(isSent && error) || (refused?.field === 'token' && refused.title)}>
        {(control) => <SecretInput {...control} value={token} onChange={setToken} clean={cleanToken} autoFocus />}
      </Field>
      <div className="form-actions">
        <Button type="submit" kind="primary" isBusy={replacing.isPending}>
          {replacing.isPending ? 'Checking with Asana…' : 'Check and replace'}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
