import type { ReactNode } from 'react'
import { type Alarm, DROP_OFF } from '../../api/alarm'
import { formatMinutes } from '../../time/relative'
import { LOCAL, isZone, zoneName } from '../../time/zone'
import { Checkbox, Checkboxes, Switch } from '../../ui/choice'
import { Field } from '../../ui/field'
import { MinutesInput, TextInput } from '../../ui/input'
import { WEEKDAYS, type WorkingHours, usualHours } from './calendar'
import { type AlarmDraft, type AlarmErrors, REMIND_MINUTES_USUAL, hasForeignCalendar } from './settings'

interface AlarmFieldsProps {
  alarm: Alarm
  draft: AlarmDraft
  errors: AlarmErrors
  onChange: (draft: AlarmDraft) => void
  /** What the threshold would have done. */
  children?: ReactNode
}

/** Everything that can be set of an alarm. */
export function AlarmFields({ alarm, draft, errors, onChange, children }: AlarmFieldsProps) {
  const isDropOff = alarm.type === DROP_OFF
  const change = (next: Partial<AlarmDraft>) => onChange({ ...draft, ...next })
  return (
    <>
      <Switch
        label={isDropOff ? 'Alarm me when logs stop arriving' : 'This alarm is on'}
        isChosen={draft.isEnabled}
        onChange={(isEnabled) => change({ isEnabled })}
      />
      {draft.isEnabled && draft.minutes !== undefined && (
        <Field
          label={isDropOff ? 'Raise an error after this long without events' : 'Threshold'}
          hint={`${formatMinutes(alarm.minutesThresholdMin ?? 1)} to ${formatMinutes(alarm.minutesThresholdMax ?? 1)}`}
          error={errors.minutes}
        >
          {(control) => <MinutesInput {...control} minutes={draft.minutes ?? 0} onChange={(minutes) => change({ minutes })} />}
        </Field>
      )}
      {children}
      {draft.isEnabled && isDropOff && (
        <HoursFields alarm={alarm} hours={draft.hours} error={errors.hours} onChange={(hours) => change({ hours })} />
      )}
      {draft.isEnabled && (
        <>
          <Checkbox
            label="Remind while it lasts"
            isChosen={draft.remindMinutes !== undefined}
            onChange={(isChosen) => change({ remindMinutes: isChosen ? REMIND_MINUTES_USUAL : undefined })}
          />
          {draft.remindMinutes !== undefined && (
            <Field label="Remind every" error={errors.remindMinutes}>
              {(control) => (
                <MinutesInput {...control} minutes={draft.remindMinutes ?? 0} onChange={(remindMinutes) => change({ remindMinutes })} />
              )}
            </Field>
          )}
        </>
      )}
    </>
  )
}

interface HoursFieldsProps {
  alarm: Alarm
  hours: WorkingHours | undefined
  error: string | undefined
  onChange: (hours: WorkingHours | undefined) => void
}

/** Nights and weekends are quiet in many organizations. */
function HoursFields({ alarm, hours, error, onChange }: HoursFieldsProps) {
  if (hasForeignCalendar(alarm)) {
    return (
      <p className="quiet">
        Its calendar ({alarm.calendar?.timeZone}) has more than this form shows. It stays as it is; change it by API or command line.
      </p>
    )
  }
  return (
    <>
      <Checkbox
        label="Only count working hours"
        isChosen={hours !== undefined}
        onChange={(isChosen) => onChange(isChosen ? usualHours(zoneName(LOCAL)) : undefined)}
      />
      {hours && (
        <>
          <Checkboxes legend="Days that count" options={WEEKDAYS} chosen={hours.days} onChange={(days) => onChange({ ...hours, days })} />
          <div className="amount">
            <TextInput aria-label="From" placeholder="08:00" value={hours.from} onChange={(from) => onChange({ ...hours, from })} />
            to
            <TextInput aria-label="To" placeholder="18:00" value={hours.to} onChange={(to) => onChange({ ...hours, to })} />
          </div>
          <Field label="Time zone" error={error ?? (!isZone(hours.timeZone) && 'Write a name such as Europe/Berlin.')}>
            {(control) => <TextInput {...control} value={hours.timeZone} onChange={(timeZone) => onChange({ ...hours, timeZone })} />}
          </Field>
        </>
      )}
    </>
  )
}
