import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type Alert, alertQuery, deliveriesQuery, timelineQuery } from '../../api/alert'
import { Banner } from '../../ui/banner'
import { Copyable } from '../../ui/copy'
import { Facts } from '../../ui/facts'
import { Page } from '../../ui/page'
import { Prose } from '../../ui/prose'
import { SeverityBadge } from '../../ui/severity'
import { Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import { CommentForm } from './comment-form'
import { Deliveries } from './deliveries'
import { AlertStatusBadge } from './status'
import { Timeline } from './timeline'
import { Triage } from './triage'

const CRUMBS = [{ label: 'Alerts & Errors', to: '/alerts' }] as const

export function AlertPage() {
  const { id } = useParams({ from: '/frame/alerts/$id' })
  const query = useQuery(alertQuery(id))
  return query.data ? (
    <Page
      title={query.data.title}
      crumbs={CRUMBS}
      badge={
        <>
          <SeverityBadge severity={query.data.severity} />
          <AlertStatusBadge status={query.data.status} />
        </>
      }
    >
      <Found key={id} alert={query.data} />
    </Page>
  ) : (
    <Page title="Alert" crumbs={CRUMBS}>
      <Loaded query={query}>{() => null}</Loaded>
    </Page>
  )
}

function Found({ alert }: { alert: Alert }) {
  const timeline = useQuery(timelineQuery(alert.id))
  const deliveries = useQuery(deliveriesQuery(alert.id))
  return (
    <div className="alert-columns">
      <div className="stack">
        {alert.recoveredAt && (
          <Banner tone="ok">
            <p>
              It is over since <Time at={alert.recoveredAt} />.
            </p>
          </Banner>
        )}
        <section className="card alert-text" aria-label="What happened">
          <Part title="What happened" text={alert.cause} />
          <Part title="Why we think so" text={alert.evidence} />
          <Part title="What nobody sees meanwhile" text={alert.blind} />
          <Part title="What to do" text={alert.remedy} />
        </section>
        <section className="section" aria-labelledby="deliveries-title">
          <h2 id="deliveries-title">Deliveries</h2>
          <Loaded query={deliveries}>{(list) => <Deliveries deliveries={list} alertId={alert.id} />}</Loaded>
        </section>
        <section className="section" aria-labelledby="timeline-title">
          <h2 id="timeline-title">Timeline</h2>
          <Loaded query={timeline}>{(events) => <Timeline events={events} />}</Loaded>
          <CommentForm alertId={alert.id} />
        </section>
      </div>
      <aside className="card" aria-label="State">
        <Triage key={`${alert.status} ${alert.assignee}`} alert={alert} />
        <Facts
          items={[
            ['Raised', <Time key="raised" at={alert.createdAt} form="absolute" />],
            ['Last change', <Time key="change" at={alert.updatedAt} form="absolute" />],
            ['Log source', alert.sourceId ? <SourceLink id={alert.sourceId} label={alert.sourceLabel ?? alert.sourceId} /> : 'None: the server itself'],
            ['Alarm', <code key="alarm">{alert.alarm}</code>],
            ['Id', <Copyable key="id" text={alert.id} what="alert id" />],
          ]}
        />
      </aside>
    </div>
  )
}

function Part({ title, text }: { title: string; text: string }) {
  if (!text) return null
  return (
    <div>
      <h2>{title}</h2>
      <p>
        <Prose text={text} />
      </p>
    </div>
  )
}

function SourceLink({ id, label }: { id: string; label: string }) {
  return (
    <Link to="/integrations/log-sources/$id/health" params={{ id }}>
      {label}
    </Link>
  )
}
