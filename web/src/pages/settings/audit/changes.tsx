import type { AuditEntry } from '../../../api/audit-log'
import { formatCounted } from '../../../format'
import { type Difference, differences } from './difference'

const MARKS = { added: 'Added', removed: 'Removed', changed: 'Changed', same: 'As before' } as const

/** Before and after, key by key. What stayed is folded away. */
export function Changes({ entry }: { entry: AuditEntry }) {
  if (!entry.before && !entry.after) return <p className="quiet">The entry keeps no values: nothing was changed, or there are none that may be shown.</p>
  const all = differences(entry.before, entry.after)
  const changed = all.filter(({ kind }) => kind !== 'same')
  const same = all.filter(({ kind }) => kind === 'same')
  return (
    <>
      {changed.length === 0 ? <p className="quiet">All values are as before.</p> : <DifferenceList items={changed} />}
      {same.length > 0 && (
        <details className="disclosure">
          <summary>{formatCounted(same.length, 'value')} as before</summary>
          <DifferenceList items={same} />
        </details>
      )}
    </>
  )
}

function DifferenceList({ items }: { items: readonly Difference[] }) {
  return (
    <ul className="differences">
      {items.map(({ path, kind, before, after }) => (
        <li key={path} data-kind={kind}>
          <span className="difference-head">
            <code>{path}</code>
            <span className="meta">{MARKS[kind]}</span>
          </span>
          {kind === 'same' ? (
            <Value text={after} />
          ) : (
            <>
              {before !== undefined && <Value text={before} mark="−" label="Before" />}
              {after !== undefined && <Value text={after} mark="+" label="After" />}
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

/** A text of several lines, such as a schema, is read as it is written. */
function readable(json: string): string {
  if (!json.startsWith('"') || !json.includes('\\n')) return json
  const value: unknown = JSON.parse(json)
  return typeof value === 'string' ? value : json
}

function Value({ text, mark, label }: { text: string | undefined; mark?: '−' | '+'; label?: string }) {
  return (
    <span className="difference-value" data-mark={mark}>
      {mark && (
        <>
          <span aria-hidden="true">{mark}</span>
          <span className="visually-hidden">{label}:</span>
        </>
      )}
      <code>{readable(text ?? '')}</code>
    </span>
  )
}
