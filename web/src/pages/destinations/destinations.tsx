import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type Destination, destinationsQuery } from '../../api/destination'
import { useDenied } from '../../api/session'
import { Banner } from '../../ui/banner'
import { Button, ButtonLink } from '../../ui/button'
import { Page } from '../../ui/page'
import { SEVERITIES } from '../../ui/severity'
import { EmptyState, Loaded } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { ALERT_TYPES } from './draft'
import { EnabledBadge } from './enabled-badge'
import { kindOf } from './kinds'
import { hears } from './routing'

export function DestinationsPage() {
  const query = useQuery(destinationsQuery)
  const denied = useDenied('DestinationModify')
  const add = denied ? (
    <Button kind="primary" denied={denied}>
      Add destination
    </Button>
  ) : (
    <ButtonLink kind="primary" to="/integrations/destinations/new">
      <Plus size={16} aria-hidden="true" />
      Add destination
    </ButtonLink>
  )
  return (
    <Page title="Alert Destinations" crumbs={[{ label: 'Integrations' }]} actions={query.data?.length === 0 ? undefined : add}>
      <Loaded query={query}>
        {(destinations) =>
          destinations.length === 0 ? (
            <EmptyState title="No destinations yet">
              <p>Alerts are shown in Alerts &amp; Errors only. A destination, such as a Slack channel, makes sure that somebody hears of them.</p>
              {add}
            </EmptyState>
          ) : (
            <DestinationList destinations={destinations} />
          )
        }
      </Loaded>
    </Page>
  )
}

function DestinationList({ destinations }: { destinations: readonly Destination[] }) {
  return (
    <>
      {!destinations.some((destination) => hears(destination, 'SYSTEM_ERROR', 'CRITICAL')) && (
        <Banner tone="warn">
          <p>No destination takes system errors: nobody outside this console hears when a source stops.</p>
        </Banner>
      )}
      <Table
        label="Alert destinations"
        head={
          <>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Alert types</th>
            <th scope="col">Severities</th>
            <th scope="col">Changed</th>
          </>
        }
      >
        {destinations.map((destination) => (
          <tr key={destination.id}>
            <td>
              <div className="cell-name">
                <Link to="/integrations/destinations/$id" params={{ id: destination.id }}>
                  {destination.name}
                </Link>
                <span className="meta">{kindOf(destination.kind)?.name ?? destination.kind}</span>
              </div>
            </td>
            <td>
              <EnabledBadge isEnabled={destination.enabled} />
            </td>
            <td>{labels(destination.alertTypes, ALERT_TYPES)}</td>
            <td>{labels(destination.severities, SEVERITIES)}</td>
            <td>
              <Time at={destination.updatedAt} />
            </td>
          </tr>
        ))}
      </Table>
    </>
  )
}

function labels(chosen: readonly string[], options: ReadonlyArray<{ value: string; label: string }>): string {
  if (chosen.length === 0) return 'All'
  return options.flatMap(({ value, label }) => (chosen.includes(value) ? [label] : [])).join(', ')
}
