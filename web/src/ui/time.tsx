import { useNow } from '../time/clock'
import { formatRelative } from '../time/relative'
import { useZone } from '../time/use-zone'
import { formatInstant, offsetLabel } from '../time/zone'
import { Tooltip } from './tooltip'

interface TimeProps {
  at: string | null | undefined
  /** What to say if there is none. */
  none?: string
  /** Which of both is written; the other one is said on hover and focus. */
  form?: 'relative' | 'absolute'
}

export function Time({ at, none = '–', form = 'relative' }: TimeProps) {
  const now = useNow()
  const zone = useZone()
  if (!at) return <span className="quiet">{none}</span>
  const instant = new Date(at)
  const relative = formatRelative(instant, now)
  const absolute = `${formatInstant(instant, zone)} ${offsetLabel(instant, zone)}`
  return (
    <Tooltip text={form === 'relative' ? absolute : relative}>
      <time className="time" dateTime={at} tabIndex={0}>
        {form === 'relative' ? relative : absolute}
      </time>
    </Tooltip>
  )
}
