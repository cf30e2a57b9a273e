import { Link } from '@tanstack/react-router'
import {
  CircleAlert,
  CircleCheck,
  CircleDot,
  Clock,
  KeyRound,
  PackageSearch,
  Plus,
  RotateCw,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import type { AuditEntry } from '../../../api/audit-log'
import type { Note } from '../../../api/source-history'
import { formatCount, sentence } from '../../../format'
import { Prose } from '../../../ui/prose'
import { Time } from '../../../ui/time'
import { actorIcon } from '../../settings/audit/actor'
import { differences } from '../../settings/audit/difference'
import { OutcomeBadge } from '../../settings/audit/outcome-badge'
import { actionLabel } from '../../settings/audit/words'

interface Look {
  label: string
  icon: LucideIcon
}

/** What the server notes, as it names it. */
const NOTES: Record<string, Look> = {
  added: { label: 'Added', icon: Plus },
  token_refused: { label: 'Token refused', icon: KeyRound },
  token_accepted: { label: 'Token accepted again', icon: CircleCheck },
  operator_needed: { label: 'Somebody has to act', icon: CircleAlert },
  unreachable: { label: 'Vendor not reached', icon: TriangleAlert },
  reachable: { label: 'Vendor reached again', icon: CircleCheck },
  rate_limited: { label: 'Asked to slow down', icon: Clock },
  offset_refused: { label: 'Place marker refused', icon: RotateCw },
  hole_found: { label: 'Hole found', icon: TriangleAlert },
  hole_filled: { label: 'Hole filled', icon: CircleCheck },
  hole_lost: { label: 'Lost for good', icon: CircleAlert },
  backfill_begun: { label: 'Backfill begun', icon: RotateCw },
  backfill_finished: { label: 'Backfill finished', icon: CircleCheck },
  late_events: { label: 'Late events', icon: Clock },
  audited: { label: 'Audited', icon: PackageSearch },
  repaired: { label: 'Repaired', icon: CircleCheck },
  stand_by: { label: 'Standing by', icon: Clock },
  storage: { label: 'Storage trouble', icon: CircleAlert },
}

export function NoteItem({ note }: { note: Note }) {
  const { label, icon: Icon } = NOTES[note.kind] ?? { label: actionLabel(note.kind), icon: CircleDot }
  return (
    <li>
      <Icon size={16} aria-hidden="true" />
      <div>
        <span className="toolbar">
          <strong>{label}</strong>
          <span className="meta">
            <Time at={note.lastAt} form="absolute" />
            {note.count > 1 && (
              <>
                {' '}
                · {formatCount(note.count)} times since <Time at={note.firstAt} form="absolute" />
              </>
            )}
          </span>
        </span>
        <p className="timeline-text">
          <Prose text={sentence(note.text)} />
        </p>
      </div>
    </li>
  )
}

export function EntryItem({ entry }: { entry: AuditEntry }) {
  const Icon = actorIcon(entry.actor)
  const changed = entry.before && entry.after ? differences(entry.before, entry.after).filter(({ kind }) => kind !== 'same') : []
  return (
    <li>
      <Icon size={16} aria-hidden="true" />
      <div>
        <span className="toolbar">
          <Link to="/settings/audit-log" search={{ object: entry.object ? `${entry.object.kind}:${entry.object.id}` : '', from: 'now-90d', to: 'now', entry: entry.id }}>
            <strong>{actionLabel(entry.action)}</strong>
          </Link>
          {entry.outcome === 'failed' && <OutcomeBadge entry={entry} />}
          <span className="meta">
            <Time at={entry.at} form="absolute" /> · {entry.actor.name}
            {entry.address && ` from ${entry.address}`}
          </span>
        </span>
        {changed.length > 0 && <p className="timeline-text quiet">Changed: {changed.map(({ path }) => path).join(', ')}</p>}
      </div>
    </li>
  )
}
