import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { type NewLogSource, createLogSource } from '../../api/log-source'
import { RequestError } from '../../api/problem'
import { useAction } from '../../api/use-action'
import { cleanToken, readOrganizationId, tokenProblem } from '../../connectors/asana'
import type { Connector } from '../../connectors/connectors'
import { useIdempotencyKey } from '../../idempotency'
import { Button } from '../../ui/button'
import { Field, focusFirstInvalid } from '../../ui/field'
import { SecretInput, TextInput } from '../../ui/input'
import { ProblemView } from '../../ui/problem-view'
import { Time } from '../../ui/time'
import { AsanaHelp } from './asana-help'
import { TRY_EVERY, TRY_FOR, useKeepTrying } from './use-keep-trying'
import type { SetupDraft } from './wizard'

interface CredentialsStepProps {
  connector: Connector
  draft: SetupDraft
  onChange: (draft: SetupDraft) => void
  token: string
  onToken: (token: string) => void
  onBack: () => void
  onCreated: (id: string) => void
  cancelButton: ReactNode
}

export function CredentialsStep({ connector, draft, onChange, token, onToken, onBack, onCreated, cancelButton }: CredentialsStepProps) {
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const { creation, create, stop } = useCreation(onCreated)
  const reading = readOrganizationId(draft.organizationId)
  const organizationId = reading.kind === 'ok' ? reading.id : ''
  const setOrganizationId = (text: string) => onChange({ ...draft, organizationId: text })
  const errors = {
    organizationId: isSent ? idError(reading, setOrganizationId) : undefined,
    token: isSent ? tokenProblem(cleanToken(token), organizationId) : undefined,
  }
  const body = (): NewLogSource => ({
    label: draft.label,
    organizationId,
    token: cleanToken(token),
    ...(draft.apiUrl.trim() && { apiUrl: draft.apiUrl.trim() }),
  })
  const keeping = useKeepTrying({ hasFailed: creation.isError, isBusy: creation.isPending, onTry: () => create(body()) })
  const failure = useLast(creation.error, keeping.until !== undefined)
  const refused = refusalOf(failure)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    onToken(cleanToken(token))
    if (reading.kind === 'ok' && tokenProblem(cleanToken(token), organizationId) === undefined) create(body())
    else requestAnimationFrame(() => focusFirstInvalid(form.current))
  }

  return (
    <div className="wizard">
      <div className="section">
        {failure && (
          <ProblemView error={failure} isFocused={keeping.until === undefined} onRetry={refused?.canPassByItself ? () => create(body()) : undefined}>
            {refused?.canPassByItself && (
              <Button size="small" onClick={() => create({ ...body(), check: false })}>
                Save and keep trying
              </Button>
            )}
            {(refused?.canPassByItself || refused?.vendorStatus === UNAUTHORIZED) && <KeepTrying keeping={keeping} />}
          </ProblemView>
        )}
        <form ref={form} className="form" onSubmit={submit} noValidate>
          <Field
            label="Organization Id"
            hint={`Digits only. ${connector.name} shows it as “Domain ID”.`}
            error={errors.organizationId ?? (refused?.field === 'organizationId' && refused.title)}
          >
            {(control) => (
              <TextInput
                {...control}
                isMono
                inputMode="numeric"
                value={draft.organizationId}
                onChange={setOrganizationId}
                onBlur={() => setOrganizationId(draft.organizationId.trim())}
              />
            )}
          </Field>
          <Field
            label="Service Account Token"
            hint="Saved encrypted. Not shown again."
            error={errors.token ?? (refused?.field === 'token' && refused.title)}
          >
            {(control) => <SecretInput {...control} value={token} onChange={onToken} clean={cleanToken} />}
          </Field>
          <details className="disclosure" open={draft.apiUrl !== ''}>
            <summary>{connector.name} is simulated or behind another address</summary>
            <Field label="API address" isOptional hint="Only an address that the server was started with as --allow-api-address.">
              {(control) => (
                <TextInput {...control} isMono type="url" value={draft.apiUrl} onChange={(apiUrl) => onChange({ ...draft, apiUrl })} />
              )}
            </Field>
          </details>
          <div className="form-actions">
            <Button type="submit" kind="primary" isBusy={creation.isPending}>
              {creation.isPending ? `Checking with ${connector.name}…` : 'Continue Setup'}
            </Button>
            {creation.isPending ? (
              <Button onClick={stop}>Stop</Button>
            ) : (
              <>
                <Button onClick={onBack}>Back</Button>
                {cancelButton}
              </>
            )}
          </div>
        </form>
      </div>
      <AsanaHelp />
    </div>
  )
}

/** The vendor does not know the token: perhaps not yet. */
const UNAUTHORIZED = 401

function KeepTrying({ keeping }: { keeping: ReturnType<typeof useKeepTrying> }) {
  if (!keeping.until) {
    return (
      <Button size="small" onClick={keeping.start}>
        Keep trying for {TRY_FOR}
      </Button>
    )
  }
  return (
    <>
      <p>
        Trying again every {TRY_EVERY}; it ends <Time at={keeping.until.toISOString()} />.
      </p>
      <Button size="small" onClick={keeping.stop}>
        Stop trying
      </Button>
    </>
  )
}

/** The value, or the one before while `isKept`: what is said stays while it is tried again. */
function useLast<T>(value: T, isKept: boolean): T {
  const [last, setLast] = useState(value)
  if (value !== last && (value || !isKept)) setLast(value)
  return value || !isKept ? value : last
}

/** Checking and creating are one request, so that the token never waits in the browser. */
function useCreation(onCreated: (id: string) => void) {
  const { keyOf } = useIdempotencyKey()
  const running = useRef<AbortController>(undefined)
  const creation = useAction(
    (body: NewLogSource) => {
      running.current = new AbortController()
      return createLogSource(body, keyOf(body), running.current.signal)
    },
    { changes: [['log-sources']], onDone: (source) => onCreated(source.id) },
  )
  const stop = () => {
    running.current?.abort()
    creation.reset()
  }
  return { creation, create: creation.mutate, stop }
}

function refusalOf(error: unknown) {
  return error instanceof RequestError ? error.problem.diagnosis : undefined
}

function idError(reading: ReturnType<typeof readOrganizationId>, use: (id: string) => void): ReactNode {
  switch (reading.kind) {
    case 'ok':
      return undefined
    case 'missing':
      return 'Enter the Organization Id: 5 to 20 digits.'
    case 'suggestion':
      return (
        <>
          Digits only.{' '}
          <Button size="small" onClick={() => use(reading.id)}>
            Use {reading.id}
          </Button>
        </>
      )
    case 'wrong':
      return 'An Organization Id is 5 to 20 digits, without anything between.'
  }
}
