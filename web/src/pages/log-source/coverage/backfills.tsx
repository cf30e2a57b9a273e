import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Backfill, backfillsQuery } from '../../../api/coverage'
import { useDenied } from '../../../api/session'
import { formatCount } from '../../../format'
import { Button } from '../../../ui/button'
import { Loaded } from '../../../ui/states'
import { Table } from '../../../ui/table'
import { Time } from '../../../ui/time'
import { BackfillDialog } from './backfill-dialog'
import { Progress } from './progress'
import { TimeSpan } from './time-span'

const REASONS: Record<string, string> = { initial: 'The past of a new source', hole: 'A hole', asked: 'Somebody asked' }

/** Event time that was, or is, read beside the live tail. */
export function Backfills({ sourceId }: { sourceId: string }) {
  const [isAsking, setIsAsking] = useState(false)
  const query = useQuery(backfillsQuery(sourceId))
  const denied = useDenied('LogSourceModify')
  return (
    <section className="section" aria-labelledby="backfills-title">
      <div className="section-head">
        <h2 id="backfills-title">Backfills</h2>
        <Button denied={denied} onClick={() => setIsAsking(true)}>
          Backfill…
        </Button>
      </div>
      <Loaded query={query}>
        {(backfills) => (backfills.length === 0 ? <p className="quiet">None yet: everything was read as it came.</p> : <BackfillTable backfills={backfills} />)}
      </Loaded>
      {isAsking && <BackfillDialog sourceId={sourceId} onClose={() => setIsAsking(false)} />}
    </section>
  )
}

function BackfillTable({ backfills }: { backfills: readonly Backfill[] }) {
  return (
    <Table
      label="Backfills"
      head={
        <>
          <th scope="col">Event time</th>
          <th scope="col">Why</th>
          <th scope="col">Progress</th>
          <th scope="col" className="number">
            New records
          </th>
          <th scope="col" className="number">
            Known records
          </th>
          <th scope="col">Begun</th>
        </>
      }
    >
      {backfills.map((backfill) => (
        <tr key={backfill.number}>
          <td>
            <TimeSpan from={backfill.from} to={backfill.to} />
          </td>
          <td className="nowrap">{REASONS[backfill.reason] ?? backfill.reason}</td>
          <td>
            {backfill.finishedAt ? (
              <span className="nowrap">
                Finished <Time at={backfill.finishedAt} />
              </span>
            ) : (
              <Progress label={`Backfill ${backfill.number}`} done={backfill.windowsDone} total={backfill.windowsTotal} unit="window" />
            )}
          </td>
          <td className="number">{formatCount(backfill.recordsNew)}</td>
          <td className="number">{formatCount(backfill.recordsKnown)}</td>
          <td>
            <Time at={backfill.begunAt} />
          </td>
        </tr>
      ))}
    </Table>
  )
}
