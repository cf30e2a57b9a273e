import { Archive, CircleCheck, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { SchemaSummary } from '../../api/schema'
import { Badge, type Tone } from '../../ui/badge'

type State = SchemaSummary['state']
type Kind = SchemaSummary['kind']

const STATES: Record<State, { label: string; tone: Tone; icon: LucideIcon }> = {
  active: { label: 'Active', tone: 'ok', icon: CircleCheck },
  broken: { label: 'Broken', tone: 'danger', icon: TriangleAlert },
  archived: { label: 'Archived', tone: 'quiet', icon: Archive },
}

export const STATE_LABELS = Object.entries(STATES).map(([value, { label }]) => ({ value: value as State, label }))

/** Who looks after a schema. */
export const KIND_LABELS: Record<Kind, string> = { built_in: 'Built-in', custom: 'Custom' }

export function SchemaStateBadge({ state }: { state: State }) {
  const { label, tone, icon } = STATES[state]
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  )
}

/** Why a schema cannot be changed as it is. */
export function archivedReason({ state }: SchemaSummary): string | undefined {
  return state === 'archived' ? 'It is archived. Restore it first.' : undefined
}
