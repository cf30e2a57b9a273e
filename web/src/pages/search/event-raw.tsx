import { useQuery } from '@tanstack/react-query'
import { asProblem } from '../../api/problem'
import { rawRecordQuery } from '../../api/raw-record'
import { CopyButton } from '../../ui/copy'
import { EmptyState, Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import type { WholeEvent } from './use-whole-event'

/** The record as the vendor sent it. */
export function EventRaw({ whole }: { whole: WholeEvent }) {
  const { table, rowId } = whole
  if (!table || rowId === undefined) {
    return (
      <EmptyState title="Rows of a statement have no record">
        <p>Select p_row_id and p_log_type too, and the record of the event is found by them.</p>
      </EmptyState>
    )
  }
  const at = whole.row[whole.columns.findIndex(({ name }) => name === 'p_event_time')]
  return <Raw table={table.name} rowId={rowId} eventTime={typeof at === 'string' ? at : undefined} />
}

function Raw({ table, rowId, eventTime }: { table: string; rowId: string; eventTime: string | undefined }) {
  // The time says where to look first.
  const query = useQuery(rawRecordQuery(table, rowId, eventTime))
  if (query.isError && asProblem(query.error).status === 404) {
    return (
      <EmptyState title="The record is not kept any more">
        <p>Records are kept for 30 days after they landed, unless the server is told otherwise. The event made of it stays: see JSON.</p>
      </EmptyState>
    )
  }
  return (
    <Loaded query={query}>
      {({ raw, readAt }) => (
        <>
          <p className="toolbar meta">
            <span>
              Read <Time at={readAt} />
            </span>
            <CopyButton text={raw} what="record" />
          </p>
          <pre className="raw" tabIndex={0} aria-label="Record">
            {raw}
          </pre>
        </>
      )}
    </Loaded>
  )
}
