import { CircleCheck, CircleSlash } from 'lucide-react'
import type { User } from '../../api/user'
import { Badge } from '../../ui/badge'

export function UserState({ user }: { user: User }) {
  return user.enabled ? (
    <Badge tone="ok" icon={CircleCheck}>
      Enabled
    </Badge>
  ) : (
    <Badge tone="quiet" icon={CircleSlash}>
      Disabled
    </Badge>
  )
}
