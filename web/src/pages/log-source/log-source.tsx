import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import { DROP_OFF, alarmsQuery } from '../../api/alarm'
import { type LogSource, logSourceQuery } from '../../api/log-source'
import { asProblem } from '../../api/problem'
import { useCan, useDenied } from '../../api/session'
import { connectorOf } from '../../connectors/connectors'
import { useNow } from '../../time/clock'
import { Button, ButtonLink } from '../../ui/button'
import { Copyable } from '../../ui/copy'
import { Page } from '../../ui/page'
import { ProblemView } from '../../ui/problem-view'
import { Loaded } from '../../ui/states'
import { Tabs } from '../../ui/tabs'
import { Time } from '../../ui/time'
import { Gone } from './gone'
import { searchOf } from './search-of'
import { statusOf } from './status'
import { StatusBadge } from './status-badge'
import { usePausing } from './use-pausing'

export const LIST_CRUMB = { label: 'Log Sources', to: '/integrations/log-sources' } as const

export function LogSourcePage() {
  const { id } = useParams({ from: '/frame/integrations/log-sources/$id' })
  const query = useQuery(logSourceQuery(id))
  if (query.data) return <Found source={query.data} />
  const isGone = query.isError && asProblem(query.error).status === 404
  return (
    <Page title="Log Source" crumbs={[LIST_CRUMB]}>
      {isGone ? <Gone id={id} /> : <Loaded query={query}>{() => null}</Loaded>}
    </Page>
  )
}

function Found({ source }: { source: LogSource }) {
  const now = useNow()
  const alarms = useQuery(alarmsQuery(source.id)).data
  const sounding = alarms?.filter((alarm) => alarm.enabled && alarm.state === 'ALARM').length ?? 0
  const status = statusOf(source, alarms?.find((alarm) => alarm.type === DROP_OFF), now)
  const denied = useDenied('LogSourceModify')
  const canSearch = useCan('DataAnalyticsRead')
  const pausing = usePausing(source)
  const params = { id: source.id }
  return (
    <Page
      title={source.label}
      crumbs={[LIST_CRUMB]}
      badge={<StatusBadge status={status} />}
      actions={
        <>
          {canSearch && <ButtonLink {...searchOf(source)}>Search its events</ButtonLink>}
          <Button isBusy={pausing.isPending} denied={denied} onClick={() => pausing.mutate()}>
            {source.state === 'paused' ? 'Resume' : 'Pause'}
          </Button>
        </>
      }
    >
      {pausing.isError && <ProblemView error={pausing.error} isFocused />}
      <p className="toolbar quiet">
        <span>{connectorOf(source.connector)?.name ?? source.connector}</span>
        {source.organizationId && (
          <span>
            Organization <Copyable text={source.organizationId} what="Organization Id" />
          </span>
        )}
        <span>
          Added <Time at={source.createdAt} />
        </span>
        <span>
          Last event <Time at={source.lastEventAt} none="none yet" />
        </span>
        <span>
          Last poll <Time at={source.lastPolledAt} none="none yet" />
        </span>
      </p>
      <Tabs label="Log source">
        <Link to="/integrations/log-sources/$id/overview" params={params}>
          Overview
        </Link>
        <Link to="/integrations/log-sources/$id/health" params={params}>
          Health{sounding > 0 && ` (${sounding})`}
        </Link>
        <Link to="/integrations/log-sources/$id/schemas" params={params}>
          Schemas
        </Link>
        <Link to="/integrations/log-sources/$id/configuration" params={params}>
          Configuration
        </Link>
        <Link to="/integrations/log-sources/$id/activity" params={params}>
          Activity
        </Link>
      </Tabs>
      <Outlet />
    </Page>
  )
}
