import { Bell, BellRing, CircleCheck, CircleDot, EyeOff, MessageSquare, RotateCw, Send, TriangleAlert, UserRound, type LucideIcon } from 'lucide-react'
import type { TimelineEvent } from '../../api/alert'
import { Prose } from '../../ui/prose'
import { Time } from '../../ui/time'
import { STATUSES } from './status'

const LOOKS: Record<string, { label: string; icon: LucideIcon }> = {
  opened: { label: 'Raised', icon: BellRing },
  reopened: { label: 'Sounded again', icon: BellRing },
  reminded: { label: 'Reminded', icon: Bell },
  recovered: { label: 'It is over', icon: CircleCheck },
  unwatched: { label: 'No longer watched', icon: EyeOff },
  status: { label: 'Status changed', icon: CircleDot },
  assigned: { label: 'Assigned', icon: UserRound },
  comment: { label: 'Comment', icon: MessageSquare },
  delivered: { label: 'Delivered', icon: Send },
  given_up: { label: 'Delivery given up', icon: TriangleAlert },
  resent: { label: 'Sent again', icon: RotateCw },
}

function textOf({ kind, text }: TimelineEvent): string {
  return kind === 'status' ? (STATUSES.find(({ value }) => value === text)?.label ?? text) : text
}

/** What happened to the alert, the oldest first. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  return (
    <ol className="timeline">
      {events.map((event, index) => {
        const { label, icon: Icon } = LOOKS[event.kind] ?? { label: event.kind, icon: CircleDot }
        return (
          <li key={index}>
            <Icon size={16} aria-hidden="true" />
            <div>
              <span className="toolbar">
                <strong>{label}</strong>
                <span className="meta">
                  <Time at={event.at} form="absolute" /> · {event.actor}
                </span>
              </span>
              {event.text && (
                <p className="timeline-text">
                  <Prose text={textOf(event)} />
                </p>
              )}
            </div>
          </li>
        )
      })}
    </ol>
  )
}
