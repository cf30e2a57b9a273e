import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Audit, type AuditList, auditsQuery, beginAudit } from '../../../api/coverage'
import { useDenied } from '../../../api/session'
import { useAction } from '../../../api/use-action'
import { formatCount, sentence } from '../../../format'
import { Badge } from '../../../ui/badge'
import { Banner } from '../../../ui/banner'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Field } from '../../../ui/field'
import { Select } from '../../../ui/input'
import { ProblemView } from '../../../ui/problem-view'
import { Prose } from '../../../ui/prose'
import { Loaded } from '../../../ui/states'
import { Table } from '../../../ui/table'
import { Time } from '../../../ui/time'
import { Progress } from './progress'
import { TimeSpan } from './time-span'
import { verdictOf } from './verdict'

/** How much of a log is compared, and how many requests that may take: a large part takes many. */
const SHARES = [
  { value: '1', label: '1 %', requestsMax: 500 },
  { value: '5', label: '5 %', requestsMax: 500 },
  { value: '20', label: '20 %', requestsMax: 2_000 },
  { value: '100', label: 'All of it', requestsMax: 5_000 },
] as const
type Share = (typeof SHARES)[number]['value']
const USUAL: Share = '5'

/** Hours of the log, read again from the vendor and compared with the lake. */
export function Audits({ sourceId }: { sourceId: string }) {
  const [isAsking, setIsAsking] = useState(false)
  const query = useQuery(auditsQuery(sourceId))
  const denied = useDenied('LogSourceModify')
  const isRunning = Boolean(query.data?.running)
  return (
    <section className="section" aria-labelledby="audits-title">
      <div className="section-head">
        <h2 id="audits-title">Audits</h2>
        <Button denied={denied ?? (isRunning ? 'One is under way. Begin another when it has ended.' : undefined)} onClick={() => setIsAsking(true)}>
          Audit now…
        </Button>
      </div>
      <Loaded query={query}>{(list) => <AuditState list={list} />}</Loaded>
      {isAsking && <AuditDialog sourceId={sourceId} onClose={() => setIsAsking(false)} />}
    </section>
  )
}

function AuditState({ list: { running, problem, results } }: { list: AuditList }) {
  return (
    <>
      <div role="status">
        {running && (
          <Banner tone="info">
            <p>
              An audit is under way, begun <Time at={running.startedAt} />.
            </p>
            <Progress label="Audit" done={running.windowsDone} total={running.windowsTotal} unit="window" />
          </Banner>
        )}
        {!running && problem && (
          <Banner tone="warn">
            <p>
              The last audit did not end (<Time at={problem.at} />). <Prose text={sentence(problem.detail)} />
            </p>
          </Banner>
        )}
      </div>
      {results.length === 0 ? <p className="quiet">No audit yet. The server makes one a day by itself.</p> : <AuditTable audits={results} />}
    </>
  )
}

function AuditTable({ audits }: { audits: readonly Audit[] }) {
  return (
    <Table
      label="Audits"
      head={
        <>
          <th scope="col">Ended</th>
          <th scope="col">Found</th>
          <th scope="col">In words</th>
          <th scope="col" className="number">
            Share, %
          </th>
          <th scope="col" className="number">
            Windows
          </th>
          <th scope="col" className="number">
            Events
          </th>
          <th scope="col">Event time</th>
        </>
      }
    >
      {audits.map((audit) => {
        const { text, tone } = verdictOf(audit)
        return (
          <tr key={audit.startedAt}>
            <td>
              <Time at={audit.finishedAt} />
            </td>
            <td>
              <Badge tone={tone}>{text}</Badge>
            </td>
            <td className="outcome">
              <Prose text={sentence(audit.outcome)} />
            </td>
            <td className="number">{audit.samplePercent}</td>
            <td className="number">
              {formatCount(audit.windows)} of {formatCount(audit.windowsTotal)}
            </td>
            <td className="number">{formatCount(audit.eventsChecked)}</td>
            <td>
              <TimeSpan from={audit.from} to={audit.to} />
            </td>
          </tr>
        )
      })}
    </Table>
  )
}

function AuditDialog({ sourceId, onClose }: { sourceId: string; onClose: () => void }) {
  const [share, setShare] = useState<Share>(USUAL)
  const requestsMax = SHARES.find(({ value }) => value === share)?.requestsMax ?? SHARES[0].requestsMax
  const beginning = useAction(() => beginAudit(sourceId, Number(share), requestsMax), { changes: [['log-sources', sourceId]], onDone: onClose })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    beginning.mutate()
  }
  return (
    <Dialog title="Audit now" isOpen onClose={onClose}>
      <form className="form" onSubmit={submit}>
        {beginning.isError && <ProblemView error={beginning.error} isFocused />}
        <p>Hours of the log are drawn by chance, read again from Asana and compared with the lake. What is missing is read again.</p>
        <Field label="How much of it" hint={`At most ${formatCount(requestsMax)} requests, at a quarter of the pace that Asana allows.`}>
          {(control) => <Select {...control} value={share} options={SHARES} onChange={setShare} />}
        </Field>
        <div className="form-actions">
          <Button type="submit" kind="primary" isBusy={beginning.isPending}>
            Begin audit
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
