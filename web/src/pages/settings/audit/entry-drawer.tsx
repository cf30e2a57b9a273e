import { useQuery } from '@tanstack/react-query'
import { type AuditEntry, auditEntryQuery } from '../../../api/audit-log'
import { Button } from '../../../ui/button'
import { Copyable } from '../../../ui/copy'
import { Drawer } from '../../../ui/dialog'
import { Facts } from '../../../ui/facts'
import { Loaded } from '../../../ui/states'
import { Time } from '../../../ui/time'
import { Actor } from './actor'
import { Changes } from './changes'
import type { AuditSearch } from './filters'
import { ObjectLink } from './object-link'
import { OutcomeBadge } from './outcome-badge'
import { actionLabel, kindLabel } from './words'

interface EntryDrawerProps {
  id: string
  /** The same entry as the list has it, if it has it. */
  listed: AuditEntry | undefined
  onClose: () => void
  onFilter: (change: AuditSearch) => void
}

/** Everything that is known of an entry. */
export function EntryDrawer({ id, listed, onClose, onFilter }: EntryDrawerProps) {
  const query = useQuery({ ...auditEntryQuery(id), ...(listed && { initialData: listed }) })
  return (
    <Drawer title={query.data ? actionLabel(query.data.action) : 'Audit entry'} isOpen onClose={onClose}>
      <Loaded query={query}>{(entry) => <Entry entry={entry} onFilter={onFilter} />}</Loaded>
    </Drawer>
  )
}

function Entry({ entry, onFilter }: { entry: AuditEntry; onFilter: (change: AuditSearch) => void }) {
  const { actor, object } = entry
  return (
    <>
      <Facts
        items={[
          ['Time', <Time key="at" at={entry.at} form="absolute" />],
          ['Outcome', <OutcomeBadge key="outcome" entry={entry} />],
          ['Problem', entry.problem && <code>{entry.problem}</code>],
          ['Actor', <Actor key="actor" actor={actor} />],
          ['Actor id', actor.id && <Copyable text={actor.id} what="actor id" />],
          ['Address', entry.address && <Copyable text={entry.address} what="address" />],
          ['Action', <code key="action">{entry.action}</code>],
          ['Object', object && <ObjectLink object={object} />],
          ['Object kind', object && kindLabel(object.kind)],
          ['Object id', object && <Copyable text={object.id} what="object id" />],
          ['Request id', entry.requestId && <Copyable text={entry.requestId} what="request id" />],
          ['Entry id', <Copyable key="id" text={entry.id} what="entry id" />],
        ]}
      />
      <section className="section" aria-labelledby="changes-title">
        <h3 id="changes-title">Before and after</h3>
        <Changes entry={entry} />
      </section>
      <div className="form-actions">
        {object && (
          <Button size="small" onClick={() => onFilter({ object: `${object.kind}:${object.id}` })}>
            Everything about this object
          </Button>
        )}
        <Button size="small" onClick={() => onFilter({ actor: actor.id ?? actor.name })}>
          Everything by this actor
        </Button>
      </div>
    </>
  )
}
