import { Circle, Diamond, Hexagon, Triangle, CircleDot, type LucideIcon } from 'lucide-react'
import type { Schemas } from '../api/types.gen'
import { Badge, type Tone } from './badge'

export type Severity = Schemas['Severity']

interface Look {
  label: string
  tone: Tone
  icon: LucideIcon
}

const LOOKS: Record<Severity, Look> = {
  CRITICAL: { label: 'Critical', tone: 'critical', icon: Hexagon },
  HIGH: { label: 'High', tone: 'high', icon: Triangle },
  MEDIUM: { label: 'Medium', tone: 'medium', icon: Diamond },
  LOW: { label: 'Low', tone: 'low', icon: CircleDot },
  INFO: { label: 'Info', tone: 'quiet', icon: Circle },
}

/** The gravest first. */
export const SEVERITIES = (Object.keys(LOOKS) as Severity[]).map((value) => ({ value, label: LOOKS[value].label }))

export function SeverityBadge({ severity }: { severity: string }) {
  const look = LOOKS[severity as Severity] as Look | undefined
  if (!look) return <Badge tone="quiet">{severity}</Badge>
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {look.label}
    </Badge>
  )
}
