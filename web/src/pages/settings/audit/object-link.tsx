import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { AuditObject } from '../../../api/audit-log'
import { logSourcesQuery } from '../../../api/log-source'

/** What the source of imported records is called, which has no page. People may call one of theirs so, too. */
const IMPORT_LABEL = 'Import'

/** What was acted on, and the way there where it has a page. It may be deleted by now: its page says so. */
export function ObjectLink({ object }: { object: AuditObject }) {
  const { id } = object
  const name = object.name ?? id
  switch (object.kind) {
    case 'log_source':
      return name === IMPORT_LABEL ? <PerhapsImport id={id} /> : <SourceLink id={id} name={name} />
    case 'log_source_alarm':
      return (
        <Link to="/integrations/log-sources/$id/health" params={{ id: id.split('/')[0] ?? id }}>
          {name}
        </Link>
      )
    case 'system_alarm':
      return <Link to="/settings/system">{name}</Link>
    case 'alert':
      return (
        <Link to="/alerts/$id" params={{ id }}>
          {name}
        </Link>
      )
    case 'destination':
      return (
        <Link to="/integrations/destinations/$id" params={{ id }}>
          {name}
        </Link>
      )
    case 'schema':
      return (
        <Link to="/data/schemas/$name" params={{ name: id }}>
          {name}
        </Link>
      )
    case 'user':
      return (
        <Link to="/settings/users/$id" params={{ id }}>
          {name}
        </Link>
      )
    case 'api_token':
      return (
        <Link to="/settings/api-tokens/$id" params={{ id }}>
          {name}
        </Link>
      )
    default:
      return <span>{name}</span>
  }
}

function SourceLink({ id, name }: { id: string; name: string }) {
  return (
    <Link to="/integrations/log-sources/$id" params={{ id }}>
      {name}
    </Link>
  )
}

function PerhapsImport({ id }: { id: string }) {
  const { data } = useQuery(logSourcesQuery)
  const isListed = data?.some((source) => source.id === id) ?? false
  return isListed ? <SourceLink id={id} name={IMPORT_LABEL} /> : <span>{IMPORT_LABEL}</span>
}
