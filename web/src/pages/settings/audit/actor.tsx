import { CircleHelp, KeyRound, Terminal, UserRound, type LucideIcon } from 'lucide-react'
import type { AuditActor } from '../../../api/audit-log'
import { actorKindLabel } from './words'

const ICONS: Record<string, LucideIcon> = { user: UserRound, api_token: KeyRound, command_line: Terminal }

export function actorIcon({ kind }: AuditActor): LucideIcon {
  return ICONS[kind] ?? CircleHelp
}

/** Who did it: an icon with a word, and the name. */
export function Actor({ actor }: { actor: AuditActor }) {
  const Icon = actorIcon(actor)
  return (
    <span className="audit-actor">
      <Icon size={14} role="img" aria-label={actorKindLabel(actor.kind)} />
      <span>{actor.name || actorKindLabel(actor.kind)}</span>
    </span>
  )
}
