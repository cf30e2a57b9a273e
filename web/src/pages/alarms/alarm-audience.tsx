import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { destinationsQuery } from '../../api/destination'
import { Banner } from '../../ui/banner'
import { hears } from '../destinations/routing'

/** Who hears when an alarm sounds. */
export function AlarmAudience() {
  const { data: destinations } = useQuery(destinationsQuery)
  if (!destinations) return null
  const hearing = destinations.filter((destination) => hears(destination, 'SYSTEM_ERROR', 'CRITICAL'))
  if (hearing.length === 0) {
    return (
      <Banner tone="warn">
        <p>
          Nobody outside this console will hear about it: no destination takes system errors. It is still shown in Alerts &amp; Errors.{' '}
          <Link to="/integrations/destinations/new">Add destination</Link>
        </p>
      </Banner>
    )
  }
  return (
    <p className="quiet">
      Goes to: Alerts &amp; Errors (always)
      {hearing.map(({ id, name }) => (
        <span key={id}>
          {' · '}
          <Link to="/integrations/destinations/$id" params={{ id }}>
            {name}
          </Link>
        </span>
      ))}
    </p>
  )
}
