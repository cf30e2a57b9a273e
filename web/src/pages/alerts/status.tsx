import { CircleCheck, CircleDot, CircleSlash, Eye, type LucideIcon } from 'lucide-react'
import type { AlertStatus } from '../../api/alert'
import { Badge, type Tone } from '../../ui/badge'

const LOOKS: Record<AlertStatus, { label: string; tone: Tone; icon: LucideIcon }> = {
  OPEN: { label: 'Open', tone: 'danger', icon: CircleDot },
  TRIAGED: { label: 'Triaged', tone: 'warn', icon: Eye },
  RESOLVED: { label: 'Resolved', tone: 'ok', icon: CircleCheck },
  CLOSED: { label: 'Closed', tone: 'quiet', icon: CircleSlash },
}

export const STATUSES = (Object.keys(LOOKS) as AlertStatus[]).map((value) => ({ value, label: LOOKS[value].label }))

export function AlertStatusBadge({ status }: { status: AlertStatus }) {
  const { label, tone, icon } = LOOKS[status]
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  )
}
