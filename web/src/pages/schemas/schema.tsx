import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import { type Schema, schemaQuery } from '../../api/schema'
import { useDenied } from '../../api/session'
import { Banner } from '../../ui/banner'
import { Button, ButtonLink } from '../../ui/button'
import { Copyable } from '../../ui/copy'
import { Page } from '../../ui/page'
import { Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import { ArchiveButton } from './archive-button'
import { SCHEMAS_CRUMBS } from './crumbs'
import './schemas.css'
import { KIND_LABELS, SchemaStateBadge, archivedReason } from './state'
import { ViewData } from './view-data'

export function SchemaPage() {
  const { name } = useParams({ from: '/frame/data/schemas/$name' })
  const query = useQuery(schemaQuery(name))
  if (query.data) return <Found schema={query.data} />
  return (
    <Page title={name} crumbs={SCHEMAS_CRUMBS}>
      <Loaded query={query}>{() => null}</Loaded>
    </Page>
  )
}

function Found({ schema }: { schema: Schema }) {
  const params = { name: schema.name }
  return (
    <Page title={schema.name} crumbs={SCHEMAS_CRUMBS} badge={<SchemaStateBadge state={schema.state} />} actions={<Actions schema={schema} />}>
      {schema.problem && (
        <Banner tone="danger">
          <p>{schema.problem}</p>
          <p>Log sources cannot use it until it is mended. Their records wait in the journal.</p>
        </Banner>
      )}
      {schema.description && <p>{schema.description}</p>}
      <p className="toolbar quiet">
        <span>{KIND_LABELS[schema.kind]}</span>
        <span>
          Table <Copyable text={schema.table} what="name of the table" />
        </span>
        <span>Version {schema.version}</span>
        {schema.updatedAt && (
          <span>
            Changed <Time at={schema.updatedAt} />
          </span>
        )}
        {schema.referenceUrl && (
          <a href={schema.referenceUrl} target="_blank" rel="noreferrer">
            Reference
          </a>
        )}
      </p>
      <nav className="tabs" aria-label="Schema">
        <Link to="/data/schemas/$name" params={params} activeOptions={{ exact: true }}>
          Fields
        </Link>
        <Link to="/data/schemas/$name/yaml" params={params}>
          YAML
        </Link>
        <Link to="/data/schemas/$name/used-by" params={params}>
          Used by ({schema.sourceCount})
        </Link>
        <Link to="/data/schemas/$name/test" params={params}>
          Test
        </Link>
      </nav>
      <Outlet />
    </Page>
  )
}

function Actions({ schema }: { schema: Schema }) {
  const denied = useDenied('LogSourceModify')
  const whyNot = denied ?? archivedReason(schema)
  return (
    <>
      <ViewData table={schema.table} />
      {schema.kind === 'custom' && <ArchiveButton schema={schema} />}
      {schema.kind === 'built_in' && !denied && (
        <ButtonLink to="/data/schemas/new" search={{ from: schema.name }}>
          Make a copy
        </ButtonLink>
      )}
      {schema.kind === 'custom' &&
        (whyNot ? (
          <Button kind="primary" denied={whyNot}>
            Edit
          </Button>
        ) : (
          <ButtonLink kind="primary" to="/data/schemas/$name/edit" params={{ name: schema.name }}>
            Edit
          </ButtonLink>
        ))}
    </>
  )
}
