import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { auditLogQuery } from '../../api/audit-log'
import { useCan } from '../../api/session'
import { EmptyState } from '../../ui/states'
import { Time } from '../../ui/time'

/** Instead of a log source that is not there: who deleted it, if the audit log knows. */
export function Gone({ id }: { id: string }) {
  const query = useInfiniteQuery({
    ...auditLogQuery({ object: `log_source:${id}`, action: 'delete_log_source', outcome: 'succeeded' }),
    enabled: useCan('AuditLogRead'),
  })
  const entry = query.data?.pages[0]?.results[0]
  return (
    <EmptyState title="There is no such log source">
      {entry ? (
        <p>
          {entry.object?.name ?? 'It'} was deleted by {entry.actor.name} <Time at={entry.at} />.{' '}
          <Link to="/settings/audit-log" search={{ object: `log_source:${id}`, from: 'now-90d', to: 'now' }}>
            See what was done with it
          </Link>
        </p>
      ) : (
        <p>
          No log source has the id <code>{id}</code>. It may have been deleted, or the link is cut off.
        </p>
      )}
      <Link to="/integrations/log-sources">All log sources</Link>
    </EmptyState>
  )
}
