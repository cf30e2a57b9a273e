import { useQuery } from '@tanstack/react-query'
import { systemAlarmsQuery } from '../../api/alarm'
import { useCan } from '../../api/session'
import { type System, systemQuery } from '../../api/system'
import { formatBytes, formatCount, formatCounted } from '../../format'
import { useNow } from '../../time/clock'
import { formatDuration } from '../../time/relative'
import { Copyable } from '../../ui/copy'
import { Facts } from '../../ui/facts'
import { Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import { AlarmList } from '../alarms/alarm-list'
import { Section } from './section'

/** How the server is. */
export function SystemTab() {
  const query = useQuery(systemQuery)
  return (
    <div className="stack">
      <Loaded query={query}>{(system) => <Parts system={system} />}</Loaded>
      {useCan('LogSourceRead') && <SystemAlarms />}
      <p className="quiet">
        The software that this console is made of, and its licences: <a href="/licences.txt">licences.txt</a>
      </p>
    </div>
  )
}

function Parts({ system }: { system: System }) {
  const now = useNow()
  const { journal } = system
  return (
    <div className="chart-pair">
      <Section title="Server">
        <Facts
          items={[
            ['Version', <Copyable key="version" text={system.version} what="version" />],
            ['Console build', <Copyable key="build" text={system.build} what="console build" />],
            ['Started', <Time key="started" at={system.startedAt} form="absolute" />],
            ['Runs for', formatDuration(now.getTime() - Date.parse(system.startedAt))],
            ['Public URL', system.publicUrl ? <Copyable key="url" text={system.publicUrl} what="public URL" /> : 'None was given when it was started'],
            ['TLS', system.tls ? 'By the server itself' : 'Not by the server; a proxy in front of it may'],
          ]}
        />
      </Section>
      <Section title="Data">
        <Facts
          items={[
            ['Folder', <Copyable key="folder" text={system.dataDir} what="data folder" />],
            ['Free on its disk', system.freeBytes == null ? 'Not known' : formatBytes(system.freeBytes)],
            ['Database', formatBytes(system.database.bytes)],
            ['Journal', `${formatCounted(journal.entries, 'entry', 'entries')}, ${formatBytes(journal.bytes)}`],
            ['Of these not landed yet', formatCount(journal.notLanded)],
            ['Lake', formatCounted(system.lake.tables, 'table')],
            ['Backup', <code key="backup">margay backup</code>],
          ]}
        />
      </Section>
    </div>
  )
}

function SystemAlarms() {
  const alarms = useQuery(systemAlarmsQuery)
  return (
    <section className="section" aria-labelledby="system-alarms-title">
      <h2 id="system-alarms-title">Alarms of the server</h2>
      <Loaded query={alarms}>{(list) => <AlarmList alarms={list} />}</Loaded>
    </section>
  )
}
