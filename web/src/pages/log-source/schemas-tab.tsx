import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { logSourceQuery } from '../../api/log-source'
import { type Schema, schemaQuery } from '../../api/schema'
import { Loaded } from '../../ui/states'
import { FieldsPanel } from '../schemas/fields-panel'
import '../schemas/schemas.css'
import { KIND_LABELS, SchemaStateBadge } from '../schemas/state'
import { ViewData } from '../schemas/view-data'
import { YamlView } from '../schemas/yaml-view'

/** The schema that the records of a source belong to. */
export function SchemasTab() {
  const { id } = useParams({ from: '/frame/integrations/log-sources/$id' })
  const query = useQuery(logSourceQuery(id))
  return <Loaded query={query}>{({ logType }) => <SourceSchema name={logType} />}</Loaded>
}

function SourceSchema({ name }: { name: string }) {
  const query = useQuery(schemaQuery(name))
  return <Loaded query={query}>{(schema) => <Found schema={schema} />}</Loaded>
}

function Found({ schema }: { schema: Schema }) {
  return (
    <div className="stack">
      <section className="section" aria-labelledby="schema-title">
        <div className="section-head">
          <h2 id="schema-title">
            <Link to="/data/schemas/$name" params={{ name: schema.name }}>
              {schema.name}
            </Link>
          </h2>
          <SchemaStateBadge state={schema.state} />
          <span className="quiet">{KIND_LABELS[schema.kind]}</span>
          <ViewData table={schema.table} />
        </div>
        {schema.description && <p className="quiet">{schema.description}</p>}
        <FieldsPanel fields={schema.fields} table={schema.table} />
      </section>
      <YamlView name={schema.name} yaml={schema.yaml} />
    </div>
  )
}
