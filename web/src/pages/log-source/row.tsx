import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import type { Alarm } from '../../api/alarm'
import { type LogSource, healthQuery } from '../../api/log-source'
import { useDenied } from '../../api/session'
import { Sparkline } from '../../charts/sparkline'
import { connectorOf } from '../../connectors/connectors'
import { formatBytes, formatCount } from '../../format'
import { formatMinutes } from '../../time/relative'
import { IconButton } from '../../ui/button'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu'
import { Prose } from '../../ui/prose'
import { Time } from '../../ui/time'
import type { SourceStatus } from './status'
import { StatusBadge } from './status-badge'
import { usePausing } from './use-pausing'

interface RowProps {
  source: LogSource
  status: SourceStatus
  dropOff: Alarm | undefined
  onCheck: () => void
}

export function LogSourceRow({ source, status, dropOff, onCheck }: RowProps) {
  const { lastDay, dropOffMinutes } = source
  return (
    <tr>
      <td>
        <div className="cell-name">
          <Link to="/integrations/log-sources/$id/overview" params={{ id: source.id }}>
            {source.label}
          </Link>
          <span className="meta">{connectorOf(source.connector)?.name ?? source.connector}</span>
          {status === 'failing' && <FailingCause id={source.id} />}
          {status === 'dropped_off' && <span className="meta tone-danger">{dropOff && <Prose text={dropOff.summary} />}</span>}
        </div>
      </td>
      <td>
        <StatusBadge status={status} />
      </td>
      <td>
        <Time at={source.lastEventAt} none="None yet" />
      </td>
      <td className="number">{lastDay ? formatCount(lastDay.events) : '–'}</td>
      <td className="number">{lastDay ? formatBytes(lastDay.bytes) : '–'}</td>
      <td>{lastDay && <Sparkline values={lastDay.hourly} label="Events an hour, last 24 hours" />}</td>
      <td className="nowrap">{dropOffMinutes == null ? 'Off' : formatMinutes(dropOffMinutes)}</td>
      <td className="number">
        <RowMenu source={source} onCheck={onCheck} />
      </td>
    </tr>
  )
}

function FailingCause({ id }: { id: string }) {
  const { data } = useQuery(healthQuery(id))
  const failed = data?.checks.find((check) => !check.isHealthy)
  const cause = data?.polls.last?.problem ?? failed?.message
  if (!cause) return null
  return (
    <span className="meta tone-danger">
      {data?.polls.failingSince && (
        <>
          Since <Time at={data.polls.failingSince} />:{' '}
        </>
      )}
      <Prose text={cause} />
    </span>
  )
}

function RowMenu({ source, onCheck }: { source: LogSource; onCheck: () => void }) {
  const navigate = useNavigate()
  const denied = useDenied('LogSourceModify')
  const pausing = usePausing(source)
  const configure = (hash?: string) =>
    void navigate({ to: '/integrations/log-sources/$id/configuration', params: { id: source.id }, ...(hash && { hash }) })
  return (
    <Menu
      trigger={
        <IconButton label={`Actions for ${source.label}`} size="small">
          <Ellipsis size={16} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem onSelect={() => configure()}>Edit</MenuItem>
      <MenuItem onSelect={() => configure('token')} denied={denied}>
        Replace token…
      </MenuItem>
      <MenuItem onSelect={() => configure('alarm')} denied={denied}>
        Alarm…
      </MenuItem>
      <MenuItem onSelect={() => pausing.mutate()} denied={denied}>
        {source.state === 'paused' ? 'Resume' : 'Pause'}
      </MenuItem>
      <MenuItem onSelect={onCheck} denied={denied}>
        Check now
      </MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => configure('delete')} denied={denied} isDangerous>
        Delete…
      </MenuItem>
    </Menu>
  )
}
