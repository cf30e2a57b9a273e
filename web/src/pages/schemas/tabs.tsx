// What the tabs of a schema show.
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type Schema, schemaQuery, schemaVersionQuery } from '../../api/schema'
import { logSourcesQuery } from '../../api/log-source'
import { formatBytes } from '../../format'
import { useZone } from '../../time/use-zone'
import { formatInstant, offsetLabel } from '../../time/zone'
import { Select } from '../../ui/input'
import { EmptyState, Loaded } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { FieldsPanel } from './fields-panel'
import { YamlView } from './yaml-view'

const FROM = '/frame/data/schemas/$name'

function useSchema() {
  const { name } = useParams({ from: FROM })
  return useQuery(schemaQuery(name))
}

export function FieldsTab() {
  return <Loaded query={useSchema()}>{({ fields, table }) => <FieldsPanel fields={fields} table={table} />}</Loaded>
}

export function YamlTab() {
  return <Loaded query={useSchema()}>{(schema) => <Yaml schema={schema} />}</Loaded>
}

function Yaml({ schema }: { schema: Schema }) {
  const search = useSearch({ from: `${FROM}/yaml` })
  const version = Number(search.version ?? schema.version)
  const isOlder = version !== schema.version
  return (
    <>
      {schema.versions.length > 1 && <Versions schema={schema} version={version} />}
      {isOlder ? <OlderYaml name={schema.name} version={version} /> : <YamlView name={schema.name} yaml={schema.yaml} />}
    </>
  )
}

function Versions({ schema, version }: { schema: Schema; version: number }) {
  const navigate = useNavigate()
  const zone = useZone()
  const options = schema.versions.map((one) => {
    const at = new Date(one.savedAt)
    const note = one.version === schema.version ? ', in force' : ''
    const since = `${formatInstant(at, zone, 'minute')} ${offsetLabel(at, zone)}`
    return { value: String(one.version), label: `Version ${one.version}${note}: ${since}, ${formatBytes(one.bytes)}` }
  })
  return (
    <div className="toolbar">
      <Select
        aria-label="Version"
        value={String(version)}
        options={options}
        onChange={(next) => void navigate({ to: '/data/schemas/$name/yaml', params: { name: schema.name }, search: { version: next } })}
      />
    </div>
  )
}

function OlderYaml({ name, version }: { name: string; version: number }) {
  const query = useQuery(schemaVersionQuery(name, version))
  return <Loaded query={query}>{({ yaml }) => <YamlView name={`${name}, version ${version}`} yaml={yaml} />}</Loaded>
}

export function UsedByTab() {
  return <Loaded query={useSchema()}>{({ name }) => <UsedBy name={name} />}</Loaded>
}

function UsedBy({ name }: { name: string }) {
  const query = useQuery(logSourcesQuery)
  return (
    <Loaded query={query}>
      {(sources) => {
        const using = sources.filter(({ logType }) => logType === name)
        if (using.length === 0) {
          return (
            <EmptyState title="No log source uses it">
              <p>A log source is told which schema its records belong to when it is added.</p>
            </EmptyState>
          )
        }
        return (
          <Table
            label="Log sources"
            head={
              <>
                <th scope="col">Log source</th>
                <th scope="col">Last event</th>
              </>
            }
          >
            {using.map(({ id, label, lastEventAt }) => (
              <tr key={id}>
                <td>
                  <Link to="/integrations/log-sources/$id/overview" params={{ id }}>
                    {label}
                  </Link>
                </td>
                <td>
                  <Time at={lastEventAt} none="None yet" />
                </td>
              </tr>
            ))}
          </Table>
        )
      }}
    </Loaded>
  )
}
