import { useQuery } from '@tanstack/react-query'
import { type Alarm, type AlarmSettings, rehearsalQuery } from '../../api/alarm'
import { asProblem } from '../../api/problem'
import { sentence } from '../../format'
import { formatMinutes } from '../../time/relative'
import { Button } from '../../ui/button'
import { useSettled } from '../../ui/use-settled'
import { rehearsalText, suggestion } from './rehearsal'
import { type AlarmDraft, settingsOf } from './settings'

/** So long after the last change it is asked. */
const PAUSE_MS = 400

interface AlarmRehearsalProps {
  alarm: Alarm
  draft: AlarmDraft
  onSuggest: (minutes: number) => void
}

/** What the alarm would have done lately, with the settings as they are being edited. */
export function AlarmRehearsal({ alarm, draft, onSuggest }: AlarmRehearsalProps) {
  const settings = useSettled(JSON.stringify(settingsOf(draft, alarm)), PAUSE_MS)
  const query = useQuery(rehearsalQuery(alarm.sourceId, JSON.parse(settings) as AlarmSettings))
  const suggested = query.data && suggestion(query.data)
  return (
    <div className="rehearsal">
      <p className="quiet" role="status" aria-busy={query.isFetching}>
        {query.data ? rehearsalText(query.data) : query.isError ? sentence(`It cannot be said how often it would have sounded: ${asProblem(query.error).detail}`) : 'Looking at the last 14 days…'}
      </p>
      {suggested !== undefined && (
        <Button size="small" onClick={() => onSuggest(suggested)}>
          Use {formatMinutes(suggested)}, half as long again as the longest gap
        </Button>
      )}
    </div>
  )
}
