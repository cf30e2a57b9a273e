import { ChevronDown, ChevronRight, Clock, Fingerprint } from 'lucide-react'
import { useState } from 'react'
import { Badge } from '../../ui/badge'
import { Table } from '../../ui/table'
import { type FieldNode, type FieldRow, rowsOf } from './field-tree'

const INDENT_PX = 20

interface FieldsTableProps {
  label: string
  nodes: readonly FieldNode[]
  /** While something is looked for, what was found is not hidden in a closed field. */
  isFiltered: boolean
  /** Whether records may have to have them. */
  hasRequired?: boolean
}

/** Fields with those within them, which can be closed. */
export function FieldsTable({ label, nodes, isFiltered, hasRequired = true }: FieldsTableProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const toggle = (path: string) => {
    const next = new Set(closed)
    if (!next.delete(path)) next.add(path)
    setClosed(next)
  }
  return (
    <Table
      label={label}
      head={
        <>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          {hasRequired && <th scope="col">Required</th>}
          <th scope="col">Meaning</th>
        </>
      }
    >
      {rowsOf(nodes, isFiltered ? new Set() : closed).map((row) => (
        <FieldLine
          key={row.node.field.path}
          row={row}
          hasRequired={hasRequired}
          isOpen={isFiltered || !closed.has(row.node.field.path)}
          onToggle={isFiltered ? undefined : () => toggle(row.node.field.path)}
        />
      ))}
    </Table>
  )
}

interface FieldLineProps {
  row: FieldRow
  hasRequired: boolean
  isOpen: boolean
  onToggle: (() => void) | undefined
}

function FieldLine({ row: { node, depth }, hasRequired, isOpen, onToggle }: FieldLineProps) {
  const { field, name, children } = node
  const Arrow = isOpen ? ChevronDown : ChevronRight
  return (
    <tr>
      <td>
        <span className="field-name" style={{ paddingLeft: depth * INDENT_PX }}>
          {children.length > 0 && onToggle ? (
            <button type="button" className="copy" aria-expanded={isOpen} aria-label={`Fields of ${field.path}`} onClick={onToggle}>
              <Arrow size={14} aria-hidden="true" />
            </button>
          ) : (
            <span className="field-leaf" />
          )}
          <code>
            {depth > 0 && <span className="visually-hidden">{field.path.slice(0, field.path.length - name.length)}</span>}
            {name}
          </code>
        </span>
      </td>
      <td className="nowrap">
        <code>{field.type}</code>
      </td>
      {hasRequired && <td>{field.isRequired ? 'Required' : <span className="quiet">–</span>}</td>}
      <td className="field-meaning">
        {field.description}
        {(field.isEventTime || field.indicators.length > 0) && (
          <span className="field-badges">
            {field.isEventTime && (
              <Badge tone="accent" icon={Clock}>
                event time
              </Badge>
            )}
            {field.indicators.map((indicator) => (
              <Badge key={indicator} tone="quiet" icon={Fingerprint}>
                {indicator}
              </Badge>
            ))}
          </span>
        )}
      </td>
    </tr>
  )
}
