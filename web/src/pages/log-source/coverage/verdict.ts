// What an audit found, as a badge.
import type { Audit } from '../../../api/coverage'
import { formatCount } from '../../../format'
import type { Tone } from '../../../ui/badge'

export interface Verdict {
  text: string
  tone: Tone
}

/** The gravest thing that an audit found. */
export function verdictOf({ eventsChecked, missing, repaired, different, extra }: Audit): Verdict {
  if (missing > repaired) return { text: `${formatCount(missing - repaired)} missing`, tone: 'danger' }
  if (different > 0) return { text: `${formatCount(different)} different`, tone: 'warn' }
  if (extra > 0) return { text: `${formatCount(extra)} extra`, tone: 'warn' }
  if (missing > 0) return { text: `${formatCount(missing)} mended`, tone: 'warn' }
  return eventsChecked === 0 ? { text: 'Nothing compared', tone: 'quiet' } : { text: 'None missing', tone: 'ok' }
}
