import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Ellipsis, Plus } from 'lucide-react'
import { type SchemaSummary, schemasQuery } from '../../api/schema'
import { useDenied } from '../../api/session'
import { formatCount, formatCounted } from '../../format'
import { Button, ButtonLink, IconButton } from '../../ui/button'
import { SearchInput, Select } from '../../ui/input'
import { Menu, MenuItem } from '../../ui/menu'
import { Page } from '../../ui/page'
import { EmptyState, Loaded } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { filtered } from './list-filter'
import './schemas.css'
import { KIND_LABELS, STATE_LABELS, SchemaStateBadge, archivedReason } from './state'

const PATH = '/data/schemas'

export function SchemasPage() {
  const query = useQuery(schemasQuery)
  const denied = useDenied('LogSourceModify')
  const create = denied ? (
    <Button kind="primary" denied={denied}>
      Create New
    </Button>
  ) : (
    <ButtonLink kind="primary" to="/data/schemas/new">
      <Plus size={16} aria-hidden="true" />
      Create New
    </ButtonLink>
  )
  return (
    <Page title="Schemas" crumbs={[{ label: 'Data' }]} actions={create}>
      <Loaded query={query}>{(schemas) => <SchemaTable schemas={schemas} />}</Loaded>
    </Page>
  )
}

function SchemaTable({ schemas }: { schemas: SchemaSummary[] }) {
  const search = useSearch({ from: '/frame/data/schemas' })
  const navigate = useNavigate()
  const shown = filtered(schemas, search)
  const change = (next: Partial<typeof search>) => void navigate({ to: PATH, search: { ...search, ...next }, replace: true })
  const isFiltered = Boolean(search.q || search.kind || search.state)
  return (
    <>
      <div className="toolbar">
        <SearchInput label="Filter by name or description" value={search.q ?? ''} onChange={(q) => change({ q })} />
        <Select
          aria-label="Managed by"
          value={search.kind ?? ''}
          options={[{ value: '', label: 'Built-in and custom' }, ...Object.entries(KIND_LABELS).map(([value, label]) => ({ value, label }))]}
          onChange={(kind) => change({ kind })}
        />
        <Select
          aria-label="State"
          value={search.state ?? ''}
          options={[{ value: '', label: 'Any state' }, ...STATE_LABELS]}
          onChange={(state) => change({ state })}
        />
        <span className="toolbar-end quiet" role="status">
          {isFiltered ? `${shown.length} of ${formatCounted(schemas.length, 'schema')}` : formatCounted(schemas.length, 'schema')}
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No schema fits the filters">
          <Button onClick={() => change({ q: '', kind: '', state: '' })}>Clear filters</Button>
        </EmptyState>
      ) : (
        <Table
          label="Schemas"
          head={
            <>
              <th scope="col">Name</th>
              <th scope="col">Managed by</th>
              <th scope="col">State</th>
              <th scope="col" className="number">
                Log sources
              </th>
              <th scope="col" className="number">
                Top-level fields
              </th>
              <th scope="col">Changed</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </>
          }
        >
          {shown.map((schema) => (
            <SchemaRow key={schema.name} schema={schema} />
          ))}
        </Table>
      )}
    </>
  )
}

function SchemaRow({ schema }: { schema: SchemaSummary }) {
  return (
    <tr>
      <td>
        <div className="cell-name">
          <Link to="/data/schemas/$name" params={{ name: schema.name }}>
            {schema.name}
          </Link>
          {schema.description && <span className="meta clamped">{schema.description}</span>}
          {schema.problem && <span className="meta tone-danger">{schema.problem}</span>}
        </div>
      </td>
      <td>{KIND_LABELS[schema.kind]}</td>
      <td>
        <SchemaStateBadge state={schema.state} />
      </td>
      <td className="number">{formatCount(schema.sourceCount)}</td>
      <td className="number">{schema.fieldCount == null ? '–' : formatCount(schema.fieldCount)}</td>
      <td>
        <Time at={schema.updatedAt} />
      </td>
      <td className="number">
        <RowMenu schema={schema} />
      </td>
    </tr>
  )
}

function RowMenu({ schema }: { schema: SchemaSummary }) {
  const navigate = useNavigate()
  const denied = useDenied('LogSourceModify')
  const params = { name: schema.name }
  return (
    <Menu
      trigger={
        <IconButton label={`Actions for ${schema.name}`} size="small">
          <Ellipsis size={16} aria-hidden="true" />
        </IconButton>
      }
    >
      {schema.kind === 'custom' && (
        <MenuItem denied={denied ?? archivedReason(schema)} onSelect={() => void navigate({ to: '/data/schemas/$name/edit', params })}>
          Edit
        </MenuItem>
      )}
      <MenuItem denied={denied} onSelect={() => void navigate({ to: '/data/schemas/new', search: { from: schema.name } })}>
        Make a copy
      </MenuItem>
      <MenuItem onSelect={() => void navigate({ to: '/data/schemas/$name/test', params })}>Test</MenuItem>
      <MenuItem onSelect={() => void navigate({ to: '/data/schemas/$name/yaml', params })}>YAML</MenuItem>
    </Menu>
  )
}
