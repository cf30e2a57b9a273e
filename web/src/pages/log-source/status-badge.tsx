import { CircleCheck, CircleDashed, CirclePause, Moon, TriangleAlert, Unplug, CircleHelp, type LucideIcon } from 'lucide-react'
import { Badge, type Tone } from '../../ui/badge'
import { STATUS_LABELS, type SourceStatus } from './status'

const LOOKS: Record<SourceStatus, { tone: Tone; icon: LucideIcon }> = {
  healthy: { tone: 'ok', icon: CircleCheck },
  waiting: { tone: 'accent', icon: CircleDashed },
  quiet: { tone: 'quiet', icon: Moon },
  dropped_off: { tone: 'danger', icon: Unplug },
  failing: { tone: 'danger', icon: TriangleAlert },
  paused: { tone: 'warn', icon: CirclePause },
  unverified: { tone: 'quiet', icon: CircleHelp },
}

export function StatusBadge({ status }: { status: SourceStatus }) {
  const { tone, icon } = LOOKS[status]
  return (
    <Badge tone={tone} icon={icon}>
      {STATUS_LABELS[status]}
    </Badge>
  )
}
