import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { HEALTH_CHANGES_SHOWN, healthHistoryQuery } from '../../api/coverage'
import { sentence } from '../../format'
import { Badge } from '../../ui/badge'
import { Prose } from '../../ui/prose'
import { Loaded, LoadMore } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { checkName } from './checks'

/** When what works of a source changed. */
export function HealthChanges({ sourceId }: { sourceId: string }) {
  const query = useInfiniteQuery(healthHistoryQuery(sourceId))
  return (
    <section className="section" aria-labelledby="changes-title">
      <h2 id="changes-title">Changes of health</h2>
      <Loaded query={query}>
        {({ pages }) => {
          const changes = pages.flatMap((page) => page.results)
          if (changes.length === 0) return <p className="quiet">Nothing changed since the source was added.</p>
          return (
            <Table
              label="Changes of health"
              head={
                <>
                  <th scope="col">Time</th>
                  <th scope="col">Check</th>
                  <th scope="col">From then on</th>
                  <th scope="col">What was found</th>
                </>
              }
            >
              {changes.map(({ at, name, isHealthy, message, raw }) => (
                <tr key={`${at} ${name}`}>
                  <td>
                    <Time at={at} form="absolute" />
                  </td>
                  <td className="nowrap">{checkName(name)}</td>
                  <td>
                    <Badge tone={isHealthy ? 'ok' : 'danger'} icon={isHealthy ? CircleCheck : TriangleAlert}>
                      {isHealthy ? 'Works' : 'Fails'}
                    </Badge>
                  </td>
                  <td className="outcome">
                    <Prose text={sentence(message)} />
                    {raw && (
                      <details className="disclosure">
                        <summary>Its own words</summary>
                        <code>{raw}</code>
                      </details>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }}
      </Loaded>
      <LoadMore query={query} count={HEALTH_CHANGES_SHOWN} />
    </section>
  )
}
