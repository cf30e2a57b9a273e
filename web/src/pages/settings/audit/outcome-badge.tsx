import { CircleCheck, CircleX } from 'lucide-react'
import type { AuditEntry } from '../../../api/audit-log'
import { Badge } from '../../../ui/badge'

export function OutcomeBadge({ entry }: { entry: AuditEntry }) {
  return entry.outcome === 'succeeded' ? (
    <Badge tone="ok" icon={CircleCheck}>
      Succeeded
    </Badge>
  ) : (
    <Badge tone="danger" icon={CircleX}>
      Failed{entry.status ? ` (${entry.status})` : ''}
    </Badge>
  )
}
