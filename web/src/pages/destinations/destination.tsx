import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Destination, type DestinationForm as Body, deleteDestination, destinationQuery, replaceDestination } from '../../api/destination'
import { useDenied } from '../../api/session'
import { useAction, useDeletion } from '../../api/use-action'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/dialog'
import { Page } from '../../ui/page'
import { ProblemView } from '../../ui/problem-view'
import { EmptyState, Loaded } from '../../ui/states'
import { toast } from '../../ui/toast'
import { DestinationForm } from './destination-form'
import { draftOf } from './draft'
import { kindOf } from './kinds'
import { EnabledBadge } from './enabled-badge'
import { useTest } from './use-test'

const CRUMBS = [{ label: 'Alert Destinations', to: '/integrations/destinations' }] as const

export function DestinationPage() {
  const { id } = useParams({ from: '/frame/integrations/destinations/$id' })
  const query = useQuery(destinationQuery(id))
  if (query.data) return <Found key={id} destination={query.data} />
  return (
    <Page title="Alert Destination" crumbs={CRUMBS}>
      <Loaded query={query}>{() => null}</Loaded>
    </Page>
  )
}

function Found({ destination }: { destination: Destination }) {
  const test = useTest(destination.id)
  return (
    <Page
      title={destination.name}
      crumbs={CRUMBS}
      badge={<EnabledBadge isEnabled={destination.enabled} />}
      actions={
        <>
          {test.button}
          <Deleting destination={destination} />
        </>
      }
    >
      {test.result}
      <p className="quiet">{kindOf(destination.kind)?.name ?? destination.kind}</p>
      <Editing destination={destination} />
    </Page>
  )
}

function Editing({ destination }: { destination: Destination }) {
  const kind = kindOf(destination.kind)
  const saving = useAction((body: Body) => replaceDestination(destination.id, body), {
    changes: [['destinations']],
    onDone: ({ name }) => toast(`${name} is saved`),
  })
  if (!kind) {
    return (
      <EmptyState title="This console does not know this kind">
        <p>Change it by API or command line.</p>
      </EmptyState>
    )
  }
  return (
    <div className="card">
      <DestinationForm
        key={destination.updatedAt}
        kind={kind}
        initial={draftOf(destination, kind)}
        hasSecret={destination.hasSecret}
        action="Save"
        isBusy={saving.isPending}
        error={saving.error}
        onSubmit={saving.mutate}
      />
    </div>
  )
}

function Deleting({ destination }: { destination: Destination }) {
  const [isOpen, setIsOpen] = useState(false)
  const navigate = useNavigate()
  const denied = useDenied('DestinationModify')
  const deleting = useDeletion(() => deleteDestination(destination.id), {
    object: ['destinations', destination.id],
    list: ['destinations'],
    onDone: async () => {
      toast(`${destination.name} is deleted`)
      await navigate({ to: '/integrations/destinations', ignoreBlocker: true })
    },
  })
  return (
    <>
      <Button denied={denied} onClick={() => setIsOpen(true)}>
        Delete…
      </Button>
      <ConfirmDialog
        title={`Delete ${destination.name}?`}
        action="Delete destination"
        isOpen={isOpen}
        isBusy={deleting.isPending}
        onClose={() => setIsOpen(false)}
        onConfirm={() => deleting.mutate()}
      >
        {deleting.isError && <ProblemView error={deleting.error} isFocused />}
        <p>Alerts do not go there any more. Its secret and the record of its deliveries are deleted too.</p>
      </ConfirmDialog>
    </>
  )
}
