import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { type SchemaField, tablesQuery } from '../../api/schema'
import { formatCounted } from '../../format'
import { Button } from '../../ui/button'
import { SearchInput } from '../../ui/input'
import { EmptyState, Loaded } from '../../ui/states'
import { type FieldNode, countFields, filterTree, treeOf } from './field-tree'
import { FieldsTable } from './fields-table'
import { standardFields } from './standard-fields'

/** The fields of a schema, and those that every table has. */
export function FieldsPanel({ fields, table }: { fields: readonly SchemaField[]; table: string }) {
  const [text, setText] = useState('')
  const tables = useQuery(tablesQuery)
  const all = useMemo(() => treeOf(fields), [fields])
  const found = filterTree(all, text)
  const isFiltered = text.trim() !== ''
  return (
    <>
      <div className="toolbar">
        <SearchInput label="Filter by name, type, meaning or indicator" value={text} onChange={setText} />
        <span className="toolbar-end quiet" role="status">
          {isFiltered ? `${countFields(found)} of ${formatCounted(fields.length, 'field')}` : formatCounted(fields.length, 'field')}
        </span>
      </div>
      {found.length > 0 ? (
        <FieldsTable label="Fields" nodes={found} isFiltered={isFiltered} />
      ) : (
        <NoField isFiltered={isFiltered} onClear={() => setText('')} />
      )}
      <section className="section" aria-labelledby="standard-title">
        <h2 id="standard-title">Standard fields</h2>
        <p className="quiet">
          Every table has them. The <code>p_any_…</code> columns gather indicators from wherever they are in an event: search them to find a value in all logs.
        </p>
        <Loaded query={tables}>
          {(list) => {
            const own = list.find(({ name }) => name === table)
            if (!own) return <p className="quiet">The table {table} is made when the first records land.</p>
            return <StandardFields nodes={filterTree(treeOf(standardFields(own)), text)} isFiltered={isFiltered} />
          }}
        </Loaded>
      </section>
    </>
  )
}

function StandardFields({ nodes, isFiltered }: { nodes: FieldNode[]; isFiltered: boolean }) {
  if (nodes.length === 0) return <p className="quiet">No standard field fits the filter.</p>
  return <FieldsTable label="Standard fields" nodes={nodes} isFiltered={isFiltered} hasRequired={false} />
}

function NoField({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (!isFiltered) {
    return (
      <EmptyState title="No fields">
        <p>The text of the schema cannot be read. See YAML.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No field fits the filter">
      <Button onClick={onClear}>Clear filter</Button>
    </EmptyState>
  )
}
