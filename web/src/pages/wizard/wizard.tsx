import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useDenied } from '../../api/session'
import { type Connector, connectorOf } from '../../connectors/connectors'
import { useDraft } from '../../draft'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/dialog'
import { Page } from '../../ui/page'
import { EmptyState } from '../../ui/states'
import { Stepper } from '../../ui/stepper'
import { NotFound } from '../../shell/fallbacks'
import { CredentialsStep } from './credentials-step'
import { NameStep } from './name-step'

/** What was typed, but for the token. */
export interface SetupDraft extends Record<string, string> {
  label: string
  organizationId: string
  apiUrl: string
}

const EMPTY: SetupDraft = { label: '', organizationId: '', apiUrl: '' }
const LIST = '/integrations/log-sources'

export function WizardPage() {
  const { connector: id } = useParams({ from: '/frame/integrations/log-sources/new/$connector' })
  const connector = connectorOf(id)
  const denied = useDenied('LogSourceModify')
  if (!connector) return <NotFound />
  if (denied) {
    return (
      <Page title={connector.name} crumbs={[{ label: 'Log Sources', to: LIST }]}>
        <EmptyState title="You may not add log sources">
          <p>{denied}</p>
        </EmptyState>
      </Page>
    )
  }
  return <Wizard connector={connector} />
}

function Wizard({ connector }: { connector: Connector }) {
  const { step } = useSearch({ from: '/frame/integrations/log-sources/new/$connector' })
  const navigate = useNavigate()
  const [draft, setDraft, forgetDraft] = useDraft<SetupDraft>(`setup.${connector.id}`, EMPTY)
  const [token, setToken] = useState('')
  const [isLeaving, setIsLeaving] = useState(false)
  const goTo = (next: 'name' | 'credentials') =>
    void navigate({ to: '/integrations/log-sources/new/$connector', params: { connector: connector.id }, search: { step: next } })
  // Without a name there is no second step: the draft of another tab is not here.
  const isNamed = draft.label.trim() !== ''
  const current = step === 'credentials' && isNamed ? 1 : 0
  useHeadingFocus(current)

  const leave = () => {
    forgetDraft()
    void navigate({ to: LIST })
  }
  const cancel = () => (Object.values({ ...draft, token }).some(Boolean) ? setIsLeaving(true) : leave())
  const cancelButton = (
    <Button kind="quiet" onClick={cancel}>
      Cancel
    </Button>
  )
  const back = (
    <Link to="/integrations/log-sources/new/$connector" params={{ connector: connector.id }} search={{ step: 'name' }}>
      Name
    </Link>
  )
  return (
    <Page
      title={current === 0 ? `Set up ${connector.name}` : `Connect to ${connector.name}`}
      crumbs={[{ label: 'Log Sources', to: LIST }, { label: 'Create New', to: '/integrations/log-sources/new' }]}
    >
      <Stepper steps={[{ label: 'Name', back }, { label: 'Credentials' }, { label: 'Confirm' }]} current={current} />
      <p className="meta">Step {current + 1} of 3</p>
      {current === 0 ? (
        <NameStep draft={draft} onChange={setDraft} onDone={() => goTo('credentials')} cancelButton={cancelButton} />
      ) : (
        <CredentialsStep
          connector={connector}
          draft={draft}
          onChange={setDraft}
          token={token}
          onToken={setToken}
          onBack={() => goTo('name')}
          onCreated={(id) => {
            forgetDraft()
            void navigate({ to: '/integrations/log-sources/$id/welcome', params: { id }, replace: true })
          }}
          cancelButton={cancelButton}
        />
      )}
      <ConfirmDialog title="Leave the setup?" action="Discard" isOpen={isLeaving} isBusy={false} onClose={() => setIsLeaving(false)} onConfirm={leave}>
        <p>What you typed is not kept.</p>
      </ConfirmDialog>
    </Page>
  )
}

/** A step begins at its heading, as a page does. */
function useHeadingFocus(step: number): void {
  const [shown, setShown] = useState(step)
  useEffect(() => {
    if (shown === step) return
    setShown(step)
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [shown, step])
}
