import { CircleCheck, CirclePause } from 'lucide-react'
import { Badge } from '../../ui/badge'

export function EnabledBadge({ isEnabled }: { isEnabled: boolean }) {
  return isEnabled ? (
    <Badge tone="ok" icon={CircleCheck}>
      On
    </Badge>
  ) : (
    <Badge tone="warn" icon={CirclePause}>
      Off
    </Badge>
  )
}
