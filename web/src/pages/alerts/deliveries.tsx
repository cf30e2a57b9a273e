import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, Clock, TriangleAlert, type LucideIcon } from 'lucide-react'
import { type Delivery, resendDelivery } from '../../api/alert'
import { destinationsQuery } from '../../api/destination'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { formatDuration } from '../../time/relative'
import { Badge, type Tone } from '../../ui/badge'
import { Button } from '../../ui/button'
import { ProblemView } from '../../ui/problem-view'
import { Prose } from '../../ui/prose'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'

const STATES: Record<Delivery['state'], { label: string; tone: Tone; icon: LucideIcon }> = {
  waiting: { label: 'Waiting', tone: 'accent', icon: Clock },
  delivered: { label: 'Delivered', tone: 'ok', icon: CircleCheck },
  given_up: { label: 'Given up', tone: 'danger', icon: TriangleAlert },
}
const NOTICES: Record<Delivery['notice'], string> = { opened: 'It was raised', reminded: 'It still lasts', recovered: 'It is over' }

interface DeliveriesProps {
  deliveries: readonly Delivery[]
  alertId: string
}

export function Deliveries({ deliveries, alertId }: DeliveriesProps) {
  const destinations = useQuery(destinationsQuery).data
  const denied = useDenied('AlertModify')
  const resending = useAction((id: string) => resendDelivery(id), { changes: [['alert', alertId]] })
  if (deliveries.length === 0) {
    return (
      <p className="quiet">
        No destination took it: it is only here. <Link to="/integrations/destinations">Alert Destinations</Link>
      </p>
    )
  }
  const nameOf = (id: string) => destinations?.find((destination) => destination.id === id)?.name ?? id
  return (
    <>
      {resending.isError && <ProblemView error={resending.error} isFocused />}
      <Table
        label="Deliveries"
        head={
          <>
            <th scope="col">Destination</th>
            <th scope="col">Notice</th>
            <th scope="col">State</th>
            <th scope="col">Tries</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </>
        }
      >
        {deliveries.map((delivery) => {
          const { label, tone, icon } = STATES[delivery.state]
          return (
            <tr key={delivery.id}>
              <td>
                <Link to="/integrations/destinations/$id" params={{ id: delivery.destinationId }}>
                  {nameOf(delivery.destinationId)}
                </Link>
              </td>
              <td className="nowrap">{NOTICES[delivery.notice]}</td>
              <td>
                <Badge tone={tone} icon={icon}>
                  {label}
                </Badge>
              </td>
              <td className="cell-wide">
                <Attempts delivery={delivery} />
              </td>
              <td className="number">
                {delivery.state !== 'delivered' && (
                  <Button size="small" denied={denied} isBusy={resending.isPending && resending.variables === delivery.id} onClick={() => resending.mutate(delivery.id)}>
                    Resend
                  </Button>
                )}
              </td>
            </tr>
          )
        })}
      </Table>
    </>
  )
}

function Attempts({ delivery }: { delivery: Delivery }) {
  const { attempts } = delivery
  const last = attempts.at(-1)
  if (!last) return <span className="quiet">None yet</span>
  return (
    <>
      <Prose text={last.outcome} />
      <details className="disclosure">
        <summary>{attempts.length === 1 ? '1 try' : `${attempts.length} tries`}</summary>
        <ol>
          {attempts.map((attempt) => (
            <li key={attempt.at}>
              <Time at={attempt.at} form="absolute" /> · {attempt.status != null && `${attempt.status} · `}
              {formatDuration(attempt.tookMs)} · <Prose text={attempt.outcome} />
            </li>
          ))}
        </ol>
      </details>
      {delivery.nextAttemptAt && (
        <p>
          Tried again <Time at={delivery.nextAttemptAt} />.
        </p>
      )}
    </>
  )
}
