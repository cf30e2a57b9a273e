import { CircleCheck, CircleSlash, Clock, Infinity as InfinityIcon } from 'lucide-react'
import type { ApiToken } from '../../api/api-token'
import { useNow } from '../../time/clock'
import { Badge } from '../../ui/badge'

/** Long enough to change a token somewhere. */
const SOON_MS = 7 * 86_400_000

export function TokenState({ token }: { token: ApiToken }) {
  const now = useNow()
  if (!token.expiresAt) {
    return (
      <Badge tone="warn" icon={InfinityIcon}>
        Never expires
      </Badge>
    )
  }
  const left = Date.parse(token.expiresAt) - now.getTime()
  if (left <= 0) {
    return (
      <Badge tone="danger" icon={CircleSlash}>
        Expired
      </Badge>
    )
  }
  return left < SOON_MS ? (
    <Badge tone="warn" icon={Clock}>
      Expires soon
    </Badge>
  ) : (
    <Badge tone="ok" icon={CircleCheck}>
      Valid
    </Badge>
  )
}
