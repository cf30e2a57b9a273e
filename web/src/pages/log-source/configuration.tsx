import { useQuery } from '@tanstack/react-query'
import { useParams, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { type Alarm, DROP_OFF, alarmsQuery } from '../../api/alarm'
import { type LogSource, logSourceQuery } from '../../api/log-source'
import { useDenied } from '../../api/session'
import { retentionText } from '../../connectors/connectors'
import { Button } from '../../ui/button'
import { Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import { toast } from '../../ui/toast'
import { AlarmAudience } from '../alarms/alarm-audience'
import { AlarmEditor } from '../alarms/alarm-editor'
import { ProblemView } from '../../ui/problem-view'
import { Facts } from '../../ui/facts'
import { DeleteSource } from './delete-source'
import { PollIntervalForm } from './poll-interval-form'
import { RenameForm } from './rename-form'
import { TokenForm } from './token-form'
import { usePausing } from './use-pausing'

/** The places that the list's menu leads to. */
type Place = 'name' | 'token' | 'alarm' | 'delete'

export function ConfigurationTab() {
  const { id } = useParams({ from: '/frame/integrations/log-sources/$id' })
  const query = useQuery(logSourceQuery(id))
  return <Loaded query={query}>{(source) => <Configuration key={source.id} source={source} />}</Loaded>
}

function Configuration({ source }: { source: LogSource }) {
  const alarms = useQuery(alarmsQuery(source.id))
  useHashPlace()
  return (
    <div className="stack">
      <Section place="name" title="General">
        <RenameForm source={source} />
      </Section>
      <Section title="Polling">
        <PollIntervalForm source={source} />
      </Section>
      <Section place="token" title="Credentials">
        <Facts
          items={[
            ['Organization Id', source.organizationId && <code>{source.organizationId}</code>],
            ['API address', source.apiUrl && <code>{source.apiUrl}</code>],
            ['Log type', <code key="type">{source.logType}</code>],
          ]}
        />
        <TokenForm source={source} />
      </Section>
      <Section place="alarm" title="Log drop-off alarm">
        <Loaded query={alarms}>
          {(list) => {
            const dropOff = list.find((alarm) => alarm.type === DROP_OFF)
            return (
              dropOff && (
                <AlarmEditor key={alarmKey(dropOff)} alarm={dropOff} action="Save alarm" canReset onSaved={() => toast('The alarm is set')}>
                  <AlarmAudience />
                </AlarmEditor>
              )
            )
          }}
        </Loaded>
      </Section>
      <Section title="Pause">
        <Pausing source={source} />
      </Section>
      <Section place="delete" title="Delete">
        <DeleteSource source={source} />
      </Section>
    </div>
  )
}

/** Saved settings from elsewhere begin the form anew; a changed state does not. */
function alarmKey({ enabled, minutesThreshold, remindMinutes, calendar }: Alarm): string {
  return JSON.stringify([enabled, minutesThreshold, remindMinutes, calendar])
}

function Section({ place, title, children }: { place?: Place; title: string; children: ReactNode }) {
  return (
    <section className="card" id={place} tabIndex={place && -1} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Pausing({ source }: { source: LogSource }) {
  const denied = useDenied('LogSourceModify')
  const pausing = usePausing(source)
  const isPaused = source.state === 'paused'
  const kept = retentionText(source.connector)
  return (
    <>
      {pausing.isError && <ProblemView error={pausing.error} isFocused />}
      <p className="quiet">
        {isPaused ? (
          <>
            Paused <Time at={source.pausedAt} />. Resumed, it goes on where it stopped.{kept && ` ${kept}: what is older than that by then is lost.`}
          </>
        ) : (
          <>A paused source is not polled and its alarms are silent. Resumed, it goes on where it stopped.{kept && ` ${kept}: what is older than that by then is lost.`}</>
        )}
      </p>
      <div className="form-actions">
        <Button isBusy={pausing.isPending} denied={denied} onClick={() => pausing.mutate()}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
      </div>
    </>
  )
}

/** Goes to the section that the URL names, as `#token`. */
function useHashPlace(): void {
  const hash = useRouterState({ select: (state) => state.location.hash })
  useEffect(() => {
    if (!hash) return
    const place = document.getElementById(hash)
    place?.scrollIntoView({ block: 'start' })
    place?.focus({ preventScroll: true })
  }, [hash])
}
