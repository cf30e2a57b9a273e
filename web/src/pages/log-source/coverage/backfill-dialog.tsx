import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { beginBackfill } from '../../../api/coverage'
import { logSourceQuery } from '../../../api/log-source'
import { useDenied } from '../../../api/session'
import { useAction } from '../../../api/use-action'
import { connectorOf, retentionText } from '../../../connectors/connectors'
import { formatCounted } from '../../../format'
import { type Span, momentOffset, parseMoment } from '../../../time/range'
import { useZone } from '../../../time/use-zone'
import { formatInstant } from '../../../time/zone'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Field, focusFirstInvalid } from '../../../ui/field'
import { TextInput } from '../../../ui/input'
import { ProblemView } from '../../../ui/problem-view'
import { toast } from '../../../ui/toast'
import { type SpanText, spanErrors } from './span-errors'

interface BackfillDialogProps {
  sourceId: string
  /** What is to be read, if somebody chose it in the picture. */
  span?: Span | undefined
  onClose: () => void
}

/** Asks which event time is to be read again. */
export function BackfillDialog({ sourceId, span, onClose }: BackfillDialogProps) {
  const zone = useZone()
  const { data: source } = useQuery(logSourceQuery(sourceId))
  const kept = source && retentionText(source.connector)
  const keptDays = source && connectorOf(source.connector)?.keptDays
  const denied = useDenied('LogSourceModify')
  const [text, setText] = useState<SpanText>(() =>
    span ? { from: formatInstant(span.from, zone, 'millisecond'), to: formatInstant(span.to, zone, 'millisecond') } : { from: 'now-24h', to: 'now' },
  )
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const beginning = useAction(({ from, to }: Span) => beginBackfill(sourceId, from, to), {
    changes: [['log-sources', sourceId]],
    onDone: ({ windows }) => {
      toast(`A backfill of ${formatCounted(windows, 'window')} begins within a minute`)
      onClose()
    },
  })
  const errors = isSent ? spanErrors(text, new Date(), zone, keptDays) : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    setIsSent(true)
    const now = new Date()
    const [from, to] = [parseMoment(text.from, 'start', now, zone), parseMoment(text.to, 'end', now, zone)]
    if (from && to && Object.keys(spanErrors(text, now, zone, keptDays)).length === 0) beginning.mutate({ from, to })
    else requestAnimationFrame(() => focusFirstInvalid(form.current))
  }
  return (
    <Dialog title="Read event time again" isOpen onClose={onClose}>
      <form ref={form} className="form" onSubmit={submit} noValidate>
        {beginning.isError && <ProblemView error={beginning.error} isFocused />}
        <p>
          It is read window by window, beside new events. What is here already is not doubled.{kept && ` ${kept}: earlier than that nothing can be read.`}
        </p>
        <Field label={`From (${momentOffset(text.from, 'start', new Date(), zone)})`} error={errors.from}>
          {(control) => <TextInput {...control} isMono value={text.from} onChange={(from) => setText({ ...text, from })} />}
        </Field>
        <Field label={`To (${momentOffset(text.to, 'end', new Date(), zone)})`} error={errors.to} hint="A time such as 2026-11-23 08:00, or now-7d.">
          {(control) => <TextInput {...control} isMono value={text.to} onChange={(to) => setText({ ...text, to })} />}
        </Field>
        <div className="form-actions">
          <Button type="submit" kind="primary" isBusy={beginning.isPending} denied={denied}>
            Begin backfill
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
