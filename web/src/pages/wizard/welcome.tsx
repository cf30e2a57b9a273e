import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { DROP_OFF, alarmsQuery } from '../../api/alarm'
import { type LogSource, healthQuery, logSourceQuery } from '../../api/log-source'
import { useCan } from '../../api/session'
import { Sparkline } from '../../charts/sparkline'
import { connectorOf } from '../../connectors/connectors'
import { formatCount, sentence } from '../../format'
import { Banner } from '../../ui/banner'
import { Page } from '../../ui/page'
import { Prose } from '../../ui/prose'
import { Loaded } from '../../ui/states'
import { Stepper } from '../../ui/stepper'
import { Time } from '../../ui/time'
import { toast } from '../../ui/toast'
import { AlarmAudience } from '../alarms/alarm-audience'
import { AlarmEditor } from '../alarms/alarm-editor'
import { searchOf } from '../log-source/search-of'
import { useLastDay } from '../log-source/use-last-day'

/** The first events are worth watching closely. */
const LIVE_MS = 2_000

export function WelcomePage() {
  const { id } = useParams({ from: '/frame/integrations/log-sources/$id/welcome' })
  const query = useQuery({ ...logSourceQuery(id), refetchInterval: LIVE_MS })
  const name = connectorOf(query.data?.connector ?? '')?.name
  return (
    <Page title={name ? `${name} is connected` : 'Connected'} crumbs={[{ label: 'Log Sources', to: '/integrations/log-sources' }, { label: query.data?.label ?? '…' }]}>
      <Stepper steps={[{ label: 'Name' }, { label: 'Credentials' }, { label: 'Confirm' }]} current={2} />
      <p className="meta">Step 3 of 3</p>
      <Loaded query={query}>{(source) => <Confirmation source={source} />}</Loaded>
    </Page>
  )
}

function Confirmation({ source }: { source: LogSource }) {
  const navigate = useNavigate()
  const alarms = useQuery(alarmsQuery(source.id))
  const finish = () => {
    toast(`${source.label} is set up`)
    void navigate({ to: '/integrations/log-sources/$id/overview', params: { id: source.id }, ignoreBlocker: true })
  }
  return (
    <div className="stack">
      <LiveCount source={source} />
      <section className="card" aria-labelledby="alarm-title">
        <h2 id="alarm-title">Log drop-off alarm</h2>
        <Loaded query={alarms}>
          {(list) => {
            const dropOff = list.find((alarm) => alarm.type === DROP_OFF)
            return dropOff && <DropOffAlarm dropOff={dropOff} onFinish={finish} />
          }}
        </Loaded>
      </section>
    </div>
  )
}

function DropOffAlarm({ dropOff, onFinish }: { dropOff: Parameters<typeof AlarmEditor>[0]['alarm']; onFinish: () => void }) {
  return (
    <AlarmEditor alarm={dropOff} action="Finish Setup" onSaved={onFinish}>
      <AlarmAudience />
      <details className="disclosure">
        <summary>How it behaves</summary>
        <p>
          One system error for each drop-off. It is over by itself when events come again, and sounds again with the next one. While the source is
          paused it is silent.
        </p>
      </details>
    </AlarmEditor>
  )
}

function LiveCount({ source }: { source: LogSource }) {
  const health = useQuery({ ...healthQuery(source.id), refetchInterval: LIVE_MS })
  const day = useLastDay(source.id)
  const problem = health.data?.polls.last?.problem
  const canSearch = useCan('DataAnalyticsRead')
  return (
    <section className="section" aria-labelledby="live-title">
      <h2 id="live-title" className="visually-hidden">
        Events so far
      </h2>
      <div className="live">
        <span>
          <span className="live-count">{formatCount(source.records)}</span> {source.records === 1 ? 'event' : 'events'} received
        </span>
        <span>
          Newest event <Time at={source.lastEventAt} none="not here yet" />
        </span>
        {day && <Sparkline values={day.steps.map((step) => step.events)} label="Events an hour, last 24 hours" />}
      </div>
      {problem ? (
        <Banner tone="warn">
          <p>
            The last poll did not succeed. <Prose text={sentence(problem)} />
          </p>
          <p>
            It is tried again by itself.{' '}
            <Link to="/integrations/log-sources/$id/health" params={{ id: source.id }}>
              See its health
            </Link>
          </p>
        </Banner>
      ) : (
        <p className="quiet">
          {source.records === 0 ? 'The first events come within a minute.' : 'Past events come beside the new ones. You need not wait here.'}{' '}
          {canSearch && source.records > 0 && <Link {...searchOf(source)}>Watch events in Search</Link>}
        </p>
      )}
    </section>
  )
}
