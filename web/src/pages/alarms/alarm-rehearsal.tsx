import { useQuery } from '@tanstack/react-query'
import { type Alarm, type AlarmSettings, DROP_OFF } from '../../api/alarm'
import { asProblem } from '../../api/problem'
import { rehearsalQuery } from '../../api/rehearsal'
import { sentence } from '../../format'
import { formatMinutes } from '../../time/relative'
import { Button } from '../../ui/button'
import { Prose } from '../../ui/prose'
import { useSettled } from '../../ui/use-settled'
import { rehearsalText, suggestion } from './rehearsal'
import { type AlarmDraft, settingsOf } from './settings'

/** So long after the last change it is asked. */
const PAUSE_MS = 400

interface AlarmRehearsalProps {
  alarm: Alarm
  draft: AlarmDraft
  /** Whether the draft could be saved as it is. */
  isValid: boolean
  onSuggest: (minutes: number) => void
}

/** What the drop-off alarm would have done lately, with the settings as they are being edited. Other alarms are about what nobody keeps. */
export function AlarmRehearsal({ alarm, draft, isValid, onSuggest }: AlarmRehearsalProps) {
  if (alarm.type !== DROP_OFF || alarm.sourceId === undefined || !draft.isEnabled || !isValid) return null
  return <Rehearsed sourceId={alarm.sourceId} settings={settingsOf(draft, alarm)} onSuggest={onSuggest} />
}

interface RehearsedProps {
  sourceId: string
  settings: AlarmSettings
  onSuggest: (minutes: number) => void
}

function Rehearsed({ sourceId, settings, onSuggest }: RehearsedProps) {
  const settled = useSettled(JSON.stringify(settings), PAUSE_MS)
  const { data, isError, error, isFetching } = useQuery(rehearsalQuery(sourceId, JSON.parse(settled) as AlarmSettings))
  const suggested = data && suggestion(data)
  return (
    <div className="rehearsal">
      <p className="quiet" role="status" aria-busy={isFetching}>
        <Prose text={data ? rehearsalText(data) : isError ? sentence(`It cannot be said how often it would have sounded: ${asProblem(error).detail}`) : 'Looking at the last 14 days…'} />
      </p>
      {suggested !== undefined && (
        <div className="form-actions">
          <Button size="small" onClick={() => onSuggest(suggested)}>
            Use {formatMinutes(suggested)}
          </Button>
          <span className="meta">The longest gap and half as much again, rounded up</span>
        </div>
      )}
    </div>
  )
}
