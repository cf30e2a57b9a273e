import { useQuery } from '@tanstack/react-query'
import { formatCount } from '../../format'
import { instantText } from '../../search/cell'
import { valuesSql } from '../../search/compile'
import { ask } from '../../search/run'
import { useZone } from '../../time/use-zone'
import { offsetLabel } from '../../time/zone'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { EmptyState, Loaded } from '../../ui/states'
import { Table } from '../../ui/table'
import type { Running } from './use-run'
import type { Search } from './use-search'
import { ValueButton } from './value-button'

const VALUES_MAX = 200

interface CountsDialogProps {
  field: string
  search: Search
  running: Running
  onClose: () => void
}

/** How often each value of a field is in what is being searched, when first and when last. */
export function CountsDialog({ field, search, running, onClose }: CountsDialogProps) {
  const zone = useZone()
  const { current } = running
  const request = current?.request
  const query = useQuery({
    queryKey: ['search-counts', current?.number, field],
    queryFn: ({ signal }) => {
      if (!request) throw new Error('nothing is asked')
      return ask(valuesSql(request, field, VALUES_MAX), 'values', signal)
    },
    enabled: request !== undefined,
    staleTime: Infinity,
    retry: false,
  })
  const type = query.data?.columns[0]?.type ?? 'text'
  const loaded = (query.data?.rows ?? []).reduce((sum, [, count]) => sum + Number(count), 0)
  const isKnownField = search.state.table !== undefined
  return (
    <Dialog title={`Values of ${field}`} isOpen onClose={onClose} className="dialog counts">
      {request ? (
        <Loaded query={query} rows={6}>
          {({ rows }) =>
            rows.length === 0 ? (
              <EmptyState title="There are no values in this time" />
            ) : (
              <Table
                label={`Values of ${field}`}
                head={
                  <>
                    <th scope="col">Value</th>
                    <th scope="col" className="number">
                      Count
                    </th>
                    <th scope="col" className="number">
                      Share
                    </th>
                    <th scope="col">First ({offsetLabel(request.span.from, zone)})</th>
                    <th scope="col">Last ({offsetLabel(request.span.to, zone)})</th>
                  </>
                }
              >
                {rows.map(([value, count, first, last], index) => (
                  <tr key={index}>
                    <td className="mono">
                      {isKnownField ? (
                        <ValueButton
                          target={{ field, value: String(value ?? ''), isNull: value === null }}
                          text={value === null ? 'no value' : type === 'timestamp' ? instantText(String(value), zone) : String(value)}
                        />
                      ) : (
                        String(value)
                      )}
                    </td>
                    <td className="number">{formatCount(Number(count))}</td>
                    <td className="number">{((Number(count) / loaded) * 100).toFixed(1)} %</td>
                    <td className="nowrap">{instantText(String(first), zone)}</td>
                    <td className="nowrap">{instantText(String(last), zone)}</td>
                  </tr>
                ))}
              </Table>
            )
          }
        </Loaded>
      ) : (
        <p>Values are counted in the Filters mode.</p>
      )}
      <p className="meta">
        {query.data && query.data.rows.length === VALUES_MAX ? `The ${VALUES_MAX} most frequent; shares are of these.` : ''}
      </p>
      <div className="form-actions">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}
