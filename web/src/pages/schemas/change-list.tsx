import { Ban, Check, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { SchemaChange } from '../../api/schema'
import { Badge, type Tone } from '../../ui/badge'
import { Message } from './message'

const VERDICTS: Record<string, { label: string; tone: Tone; icon: LucideIcon }> = {
  refused: { label: 'Refused', tone: 'danger', icon: Ban },
  warning: { label: 'Look twice', tone: 'warn', icon: TriangleAlert },
  allowed: { label: 'Allowed', tone: 'ok', icon: Check },
}

/** What a text would change of the schema that is there. */
export function ChangeList({ changes }: { changes: readonly SchemaChange[] }) {
  return (
    <ul className="problem-list">
      {changes.map(({ path, verdict, message, hint }, index) => {
        const { label, tone, icon } = VERDICTS[verdict] ?? { label: verdict, tone: 'quiet' as const, icon: Check }
        return (
          <li key={index}>
            <Badge tone={tone} icon={icon}>
              {label}
            </Badge>
            <span>
              <Message path={path} message={message} hint={hint} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}
