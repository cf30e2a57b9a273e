import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { type LogSource, setPollInterval } from '../../api/log-source'
import { useCan, useDenied } from '../../api/session'
import { systemQuery } from '../../api/system'
import { useAction } from '../../api/use-action'
import { Button } from '../../ui/button'
import { Field, focusFirstInvalid } from '../../ui/field'
import { TextInput } from '../../ui/input'
import { LeaveGuard } from '../../ui/leave-guard'
import { ProblemView } from '../../ui/problem-view'
import { toast } from '../../ui/toast'
import { intervalProblem, intervalText, readInterval, writeInterval } from './poll-interval'

export function PollIntervalForm({ source }: { source: LogSource }) {
  const saved = writeInterval(source.pollIntervalSeconds)
  const [text, setText] = useState(saved)
  const [isSent, setIsSent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const denied = useDenied('LogSourceModify')
  const servers = useServersInterval(source)
  const seconds = readInterval(text)?.seconds
  const saving = useAction(() => setPollInterval(source.id, seconds ?? null), {
    changes: [['log-sources']],
    onDone: () => toast(seconds ? `It is polled every ${intervalText(seconds)}` : 'It is polled as often as the server says'),
  })
  const error = intervalProblem(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (error) requestAnimationFrame(() => focusFirstInvalid(form.current))
    else if (text.trim() !== saved) saving.mutate()
  }
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <LeaveGuard isDirty={text.trim() !== saved} />
      {saving.isError && <ProblemView error={saving.error} isFocused />}
      <Field
        label="Poll interval"
        isOptional
        hint={`Seconds to wait between two polls. Left empty, the server’s default counts${servers === undefined ? '' : `: ${intervalText(servers)}`}.`}
        error={isSent && error}
      >
        {(control) => <TextInput {...control} inputMode="numeric" value={text} onChange={setText} />}
      </Field>
      <div className="form-actions">
        <Button type="submit" isBusy={saving.isPending} denied={denied}>
          Save interval
        </Button>
      </div>
    </form>
  )
}

/** What the server does with sources that have no interval of their own; undefined if this person may not know. */
function useServersInterval(source: LogSource): number | undefined {
  const hasOwn = typeof source.pollIntervalSeconds === 'number'
  const mayKnow = useCan('SummaryRead')
  const system = useQuery({ ...systemQuery, refetchInterval: false, enabled: hasOwn && mayKnow })
  return hasOwn ? system.data?.pollIntervalSeconds : source.effectivePollIntervalSeconds
}
