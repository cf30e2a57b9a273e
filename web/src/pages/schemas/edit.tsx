// The pages on which a schema is written.
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { type Schema, schemaQuery } from '../../api/schema'
import { useDenied } from '../../api/session'
import { Page } from '../../ui/page'
import { EmptyState, Loaded } from '../../ui/states'
import { SCHEMAS_CRUMBS } from './crumbs'
import { Editor } from './editor'
import { writeHeader } from './header'
import { CUSTOM } from './header-fields'
import { archivedReason } from './state'

export function NewSchemaPage() {
  const { from } = useSearch({ from: '/frame/data/schemas/new' })
  const denied = useDenied('LogSourceModify')
  if (denied) return <Denied title="New schema" reason={denied} />
  return from === undefined ? <Editor key="new" draftName="schema.new" title="New schema" crumbs={SCHEMAS_CRUMBS} yaml="" /> : <Copy key={from} name={from} />
}

function Copy({ name }: { name: string }) {
  const query = useQuery(schemaQuery(name))
  if (query.data) {
    const copied = name.startsWith(CUSTOM) ? `${name}.Copy` : `${CUSTOM}${name}`
    const yaml = writeHeader(query.data.yaml, 'schema', copied)
    return <Editor draftName={`schema.copy.${name}`} title={`A copy of ${name}`} crumbs={SCHEMAS_CRUMBS} yaml={yaml} />
  }
  return (
    <Page title="New schema" crumbs={SCHEMAS_CRUMBS}>
      <Loaded query={query}>{() => null}</Loaded>
    </Page>
  )
}

export function EditSchemaPage() {
  const { name } = useParams({ from: '/frame/data/schemas/$name/edit' })
  const query = useQuery(schemaQuery(name))
  const denied = useDenied('LogSourceModify')
  const title = `Edit ${query.data?.name ?? name}`
  if (denied) return <Denied title={title} reason={denied} />
  const whyNot = query.data && reasonAgainst(query.data)
  if (query.data && !whyNot) {
    return <Editor key={query.data.name} draftName={`schema.${query.data.name}`} title={title} crumbs={SCHEMAS_CRUMBS} yaml={query.data.yaml} schema={query.data} />
  }
  return (
    <Page title={title} crumbs={SCHEMAS_CRUMBS}>
      <Loaded query={query}>
        {() => (
          <EmptyState title="It cannot be edited">
            <p>{whyNot}</p>
          </EmptyState>
        )}
      </Loaded>
    </Page>
  )
}

function reasonAgainst(schema: Schema): string | undefined {
  return schema.kind === 'built_in' ? 'It comes with Margay. Make a copy of it, which can be changed.' : archivedReason(schema)
}

function Denied({ title, reason }: { title: string; reason: string }) {
  return (
    <Page title={title} crumbs={SCHEMAS_CRUMBS}>
      <EmptyState title="You may not change schemas">
        <p>{reason}</p>
        <p className="quiet">An administrator can give your role or token the permission.</p>
      </EmptyState>
    </Page>
  )
}
