import { Link } from '@tanstack/react-router'
import { Bell, BellOff, BellRing, CircleDashed, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { Alarm } from '../../api/alarm'
import { useDenied } from '../../api/session'
import { formatMinutes } from '../../time/relative'
import { Badge, type Tone } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Prose } from '../../ui/prose'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { toast } from '../../ui/toast'
import { AlarmEditor } from './alarm-editor'

export function AlarmList({ alarms }: { alarms: readonly Alarm[] }) {
  const [edited, setEdited] = useState<Alarm>()
  const denied = useDenied('LogSourceModify')
  return (
    <>
      <Table
        label="Alarms"
        head={
          <>
            <th scope="col">Alarm</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col">Threshold</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </>
        }
      >
        {alarms.map((alarm) => (
          <tr key={alarm.type}>
            <td>
              <div className="cell-name">
                <strong>{alarm.title}</strong>
                <span className="meta">
                  <Prose text={alarm.summary} />
                  {alarm.enabled && alarm.evaluatedAt && (
                    <>
                      {' '}
                      (written <Time at={alarm.evaluatedAt} />)
                    </>
                  )}
                </span>
                {alarm.alertId && alarm.state === 'ALARM' && (
                  <Link to="/alerts/$id" params={{ id: alarm.alertId }}>
                    Open its alert
                  </Link>
                )}
              </div>
            </td>
            <td>
              <AlarmBadge alarm={alarm} />
            </td>
            <td>{alarm.enabled && <Time at={alarm.since} />}</td>
            <td className="nowrap">{alarm.minutesThreshold == null ? 'At once' : formatMinutes(alarm.minutesThreshold)}</td>
            <td className="number">
              <Button size="small" kind="quiet" denied={denied} aria-label={`Edit the alarm ${alarm.title}`} onClick={() => setEdited(alarm)}>
                Edit
              </Button>
            </td>
          </tr>
        ))}
      </Table>
      <Dialog title={`Alarm: ${edited?.title ?? ''}`} isOpen={edited !== undefined} onClose={() => setEdited(undefined)}>
        {edited && (
          <AlarmEditor
            alarm={edited}
            action="Save alarm"
            canReset
            onCancel={() => setEdited(undefined)}
            onSaved={() => {
              toast('The alarm is set')
              setEdited(undefined)
            }}
          />
        )}
      </Dialog>
    </>
  )
}

const STATES: Record<Alarm['state'], { label: string; tone: Tone; icon: LucideIcon }> = {
  OK: { label: 'OK', tone: 'ok', icon: Bell },
  ALARM: { label: 'Alarm', tone: 'danger', icon: BellRing },
  INSUFFICIENT_DATA: { label: 'Not enough data', tone: 'quiet', icon: CircleDashed },
}

function AlarmBadge({ alarm }: { alarm: Alarm }) {
  if (!alarm.enabled) {
    return (
      <Badge tone="quiet" icon={BellOff}>
        Off
      </Badge>
    )
  }
  const { label, tone, icon } = STATES[alarm.state]
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  )
}
