import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { alarmsQuery } from '../../api/alarm'
import { type Health, healthQuery } from '../../api/log-source'
import { TimeBars } from '../../charts/time-bars'
import { formatCount, formatCounted, sentence } from '../../format'
import { formatDuration } from '../../time/relative'
import { Banner } from '../../ui/banner'
import { Facts } from '../../ui/facts'
import { Prose } from '../../ui/prose'
import { Loaded } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { AlarmList } from '../alarms/alarm-list'
import { Checks } from './checks'
import { Audits } from './coverage/audits'
import { Backfills } from './coverage/backfills'
import { CoveragePanel } from './coverage/coverage-panel'
import { HealthChanges } from './health-changes'
import { useLastDay } from './use-last-day'

type Poll = Health['polls']['problems'][number]

const OUTCOMES: Record<string, string> = {
  drained: 'Read to the end',
  deadline_reached: 'Goes on with the next poll',
  interrupted: 'Interrupted',
  gave_up: 'Gave up for now',
  needs_operator: 'Somebody has to act',
  token_refused: 'Token refused',
  stand_by: 'Another server polls',
}

export function HealthTab() {
  const { id } = useParams({ from: '/frame/integrations/log-sources/$id' })
  const health = useQuery(healthQuery(id))
  const alarms = useQuery(alarmsQuery(id))
  return (
    <div className="stack">
      <Loaded query={health}>{(data) => <Now sourceId={id} health={data} />}</Loaded>
      <PollChart sourceId={id} />
      <section className="section" aria-labelledby="alarms-title">
        <h2 id="alarms-title">Alarms</h2>
        <Loaded query={alarms}>{(list) => <AlarmList alarms={list} />}</Loaded>
      </section>
      <div className="card">
        <CoveragePanel sourceId={id} />
      </div>
      <Audits sourceId={id} />
      <Backfills sourceId={id} />
      <HealthChanges sourceId={id} />
    </div>
  )
}

function Now({ sourceId, health }: { sourceId: string; health: Health }) {
  return (
    <>
      <section className="card" aria-labelledby="checks-title">
        <Checks sourceId={sourceId} checks={health.checks} />
      </section>
      <div className="chart-pair">
        <section className="card" aria-labelledby="polls-title">
          <h2 id="polls-title">Polls</h2>
          <Polls polls={health.polls} />
        </section>
        <section className="card" aria-labelledby="landing-title">
          <h2 id="landing-title">Landing</h2>
          <Landing landing={health.landing} />
        </section>
      </div>
      {health.polls.problems.length > 0 && (
        <section className="section" aria-labelledby="problems-title">
          <h2 id="problems-title">Polls with problems</h2>
          <Problems polls={health.polls.problems} />
        </section>
      )}
    </>
  )
}

/** How many polls failed, hour by hour. */
function PollChart({ sourceId }: { sourceId: string }) {
  const day = useLastDay(sourceId)
  if (!day) return null
  return (
    <div className="card">
      <TimeBars
        title="Polls of the last 24 hours"
        at={day.steps.map((step) => new Date(step.at))}
        stepMinutes={day.intervalMinutes}
        format={formatCount}
        series={[
          { label: 'Succeeded', color: '1', values: day.steps.map((step) => step.polls - step.pollErrors) },
          { label: 'Failed', color: 'danger', values: day.steps.map((step) => step.pollErrors) },
        ]}
      />
    </div>
  )
}

function Polls({ polls }: { polls: Health['polls'] }) {
  const { last } = polls
  return (
    <>
      {polls.consecutiveFailures > 0 && (
        <Banner tone="danger">
          <p>
            The last {polls.consecutiveFailures === 1 ? 'poll' : `${polls.consecutiveFailures} polls`} failed, since{' '}
            <Time at={polls.failingSince} />. {last?.problem && <Prose text={sentence(last.problem)} />}
          </p>
        </Banner>
      )}
      <Facts
        items={[
          ['Last poll', last ? <Time key="last" at={last.finishedAt} /> : 'None yet'],
          ['Outcome', last && outcome(last.outcome)],
          ['It brought', last && `${formatCounted(last.recordsNew, 'record')} in ${formatCounted(last.pages, 'page')}`],
          ['Last success', <Time key="success" at={polls.lastSuccessAt} none="None yet" />],
          ['Vendor left alone until', polls.waitingUntil && <Time at={polls.waitingUntil} />],
        ]}
      />
    </>
  )
}

function Landing({ landing }: { landing: Health['landing'] }) {
  return (
    <Facts
      items={[
        ['Waiting records', landing.waitingSince ? <>since <Time at={landing.waitingSince} /></> : 'None: all that was read has landed'],
        ['Last classification failure', <Time key="reject" at={landing.lastRejectAt} none="None" />],
        ['Its reason', landing.lastRejectReason && <Prose key="reason" text={landing.lastRejectReason} />],
      ]}
    />
  )
}

function Problems({ polls }: { polls: readonly Poll[] }) {
  return (
    <Table
      label="Polls with problems"
      head={
        <>
          <th scope="col">Ended</th>
          <th scope="col" className="number">
            Took
          </th>
          <th scope="col">Outcome</th>
          <th scope="col">Problem</th>
          <th scope="col" className="number">
            Records
          </th>
        </>
      }
    >
      {polls.map((poll) => (
        <tr key={poll.startedAt}>
          <td>
            <Time at={poll.finishedAt} form="absolute" />
          </td>
          <td className="number">{formatDuration(Date.parse(poll.finishedAt) - Date.parse(poll.startedAt))}</td>
          <td className="nowrap">{outcome(poll.outcome)}</td>
          <td>{poll.problem && <Prose text={poll.problem} />}</td>
          <td className="number">{formatCount(poll.recordsNew)}</td>
        </tr>
      ))}
    </Table>
  )
}

function outcome(name: string): string {
  return OUTCOMES[name] ?? name
}
