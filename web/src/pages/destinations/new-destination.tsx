import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type DestinationForm as Body, createDestination } from '../../api/destination'
import { useAction } from '../../api/use-action'
import { useIdempotencyKey } from '../../idempotency'
import { NotFound } from '../../shell/fallbacks'
import { ButtonLink } from '../../ui/button'
import { Page } from '../../ui/page'
import { toast } from '../../ui/toast'
import { DestinationForm } from './destination-form'
import { newDraft } from './draft'
import { KINDS, type Kind, kindOf } from './kinds'

const LIST_CRUMB = { label: 'Alert Destinations', to: '/integrations/destinations' } as const
const KINDS_PATH = '/integrations/destinations/new'

export function DestinationKindsPage() {
  return (
    <Page title="Add destination" crumbs={[LIST_CRUMB]}>
      <p className="quiet">How should alerts reach you?</p>
      <ul className="catalog">
        {KINDS.map((kind) => (
          <li key={kind.value}>
            <Link to="/integrations/destinations/new/$kind" params={{ kind: kind.value }} className="tile">
              <span className="logo" aria-hidden="true">
                {kind.name.charAt(0)}
              </span>
              <span>
                <span className="tile-name">{kind.name}</span>
                <span className="meta">{kind.about}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  )
}

export function NewDestinationPage() {
  const { kind: value } = useParams({ from: '/frame/integrations/destinations/new/$kind' })
  const kind = kindOf(value)
  return kind ? <NewDestination kind={kind} /> : <NotFound />
}

function NewDestination({ kind }: { kind: Kind }) {
  const navigate = useNavigate()
  const { keyOf } = useIdempotencyKey()
  const adding = useAction((body: Body) => createDestination(body, keyOf(body)), {
    changes: [['destinations']],
    onDone: ({ id, name }) => {
      toast(`${name} is added. Send a test alert to see that it arrives.`)
      void navigate({ to: '/integrations/destinations/$id', params: { id }, ignoreBlocker: true })
    },
  })
  return (
    <Page title={`Add ${kind.name}`} crumbs={[LIST_CRUMB, { label: 'Add destination', to: KINDS_PATH }]}>
      <DestinationForm
        kind={kind}
        initial={newDraft(kind)}
        hasSecret={false}
        action="Add Destination"
        isBusy={adding.isPending}
        error={adding.error}
        onSubmit={adding.mutate}
      >
        <ButtonLink kind="quiet" to="/integrations/destinations">
          Cancel
        </ButtonLink>
      </DestinationForm>
    </Page>
  )
}
