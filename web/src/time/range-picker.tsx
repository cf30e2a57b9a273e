import { CalendarClock, ChevronLeft, ChevronRight, ZoomOut } from 'lucide-react'
import { type ClipboardEvent, type FormEvent, useState } from 'react'
import { useShortcuts } from '../shell/shortcuts'
import { Button, IconButton } from '../ui/button'
import { Field } from '../ui/field'
import { TextInput } from '../ui/input'
import { Popover } from '../ui/popover'
import { Tooltip } from '../ui/tooltip'
import { useNow } from './clock'
import { QUICK_RANGES, type Span, type TimeRange, absolute, describe, parseMoment, parsePasted, resolve, shifted, zoomedOut } from './range'
import { toggleZone, useZone } from './use-zone'
import { formatInstant, offsetLabel } from './zone'

interface RangePickerProps {
  range: TimeRange
  onChange: (range: TimeRange) => void
}

/** Which time a page is about. What was chosen stays in the URL as it was written. */
export function RangePicker({ range, onChange }: RangePickerProps) {
  const [isOpen, setIsOpen] = useState(false)
  const now = useNow()
  const zone = useZone()
  const span = resolve(range, now, zone)
  const move = (change: (span: Span) => Span) => span && onChange(absolute(change(span)))
  const back = () => move((one) => shifted(one, -1))
  const forward = () => move((one) => shifted(one, 1))
  const out = () => move((one) => zoomedOut(one, new Date()))
  useShortcuts([
    { keys: 't', does: 'Choose the time', run: () => setIsOpen(true) },
    { keys: '[', does: 'Earlier', run: back },
    { keys: ']', does: 'Later', run: forward },
    { keys: '-', does: 'Zoom out', run: out },
  ])
  const choose = (next: TimeRange) => {
    setIsOpen(false)
    onChange(next)
  }
  return (
    <div className="range">
      <IconButton label="Earlier" onClick={back}>
        <ChevronLeft size={16} aria-hidden="true" />
      </IconButton>
      <Popover
        title="Choose the time"
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          <button type="button" className="button">
            <CalendarClock size={16} aria-hidden="true" />
            {describe(range, now, zone)}
          </button>
        }
      >
        <div className="range-columns">
          <ul>
            {QUICK_RANGES.map(({ label, range: quick }) => (
              <li key={label}>
                <Button kind="quiet" size="small" onClick={() => choose(quick)}>
                  {label}
                </Button>
              </li>
            ))}
          </ul>
          <RangeForm range={range} onChoose={choose} />
        </div>
      </Popover>
      <IconButton label="Later" onClick={forward}>
        <ChevronRight size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label="Zoom out" onClick={out}>
        <ZoomOut size={16} aria-hidden="true" />
      </IconButton>
      <Tooltip text="Times in UTC or local (u)">
        <Button kind="quiet" size="small" aria-label={`Time zone: ${offsetLabel(now, zone)}. Change it`} onClick={toggleZone}>
          {offsetLabel(now, zone)}
        </Button>
      </Tooltip>
    </div>
  )
}

function RangeForm({ range, onChoose }: { range: TimeRange; onChoose: (range: TimeRange) => void }) {
  const zone = useZone()
  const written = (text: string) => (text.startsWith('now') ? text : formatInstant(new Date(text), zone))
  const [draft, setDraft] = useState<TimeRange>(() => ({ from: written(range.from), to: written(range.to) }))
  const [isSent, setIsSent] = useState(false)
  const now = new Date()
  const from = parseMoment(draft.from, 'start', now, zone)
  const to = parseMoment(draft.to, 'end', now, zone)
  const fromError = from ? undefined : 'Write now-24h, now/d or 2026-11-23 08:00.'
  const toError = !to ? 'Write now or 2026-11-23 18:00.' : from && from >= to ? 'The end is before the beginning.' : undefined
  const paste = (event: ClipboardEvent) => {
    const pasted = parsePasted(event.clipboardData.getData('text'), zone)
    if (!pasted) return
    event.preventDefault()
    setDraft({ from: written(pasted.from), to: written(pasted.to) })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (!from || !to || fromError || toError) return
    onChoose({ from: kept(draft.from, from), to: kept(draft.to, to) })
  }
  return (
    <form className="form" onSubmit={submit} onPaste={paste} noValidate>
      <Field label="From" error={isSent && fromError}>
        {(control) => <TextInput {...control} isMono value={draft.from} onChange={(text) => setDraft({ ...draft, from: text })} />}
      </Field>
      <Field label="To" error={isSent && toError} hint="Or paste two times at once.">
        {(control) => <TextInput {...control} isMono value={draft.to} onChange={(text) => setDraft({ ...draft, to: text })} />}
      </Field>
      <Button type="submit" kind="primary">
        Apply
      </Button>
    </form>
  )
}

/** Relative words stay words; a time of a clock becomes an instant, or it would move with the zone. */
function kept(text: string, at: Date): string {
  return text.trim().startsWith('now') ? text.trim() : at.toISOString()
}
