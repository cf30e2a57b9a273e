import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'

interface TableProps {
  label: string
  head: ReactNode
  children: ReactNode
  /** Older rows are shown while newer ones are on their way. */
  isStale?: boolean
}

export function Table({ label, head, children, isStale }: TableProps) {
  return (
    // Scrolls sideways on narrow screens; the keyboard has to reach it for that.
    <div className="table-wrap" role="group" aria-label={label} tabIndex={0}>
      <table className="table" data-stale={isStale || undefined}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

export interface Sorting<K extends string> {
  key: K
  isDescending: boolean
}

/** `name` or `-name`, as it stands in the URL. */
export function parseSorting<K extends string>(text: string | undefined, keys: readonly K[], otherwise: K): Sorting<K> {
  const isDescending = text?.startsWith('-') ?? false
  const key = keys.find((one) => one === text?.replace(/^-/, '')) ?? otherwise
  return { key, isDescending: isDescending && text?.slice(1) === key }
}

interface SortHeaderProps<K extends string> {
  label: string
  name: K
  sorting: Sorting<K>
  onSort: (text: string) => void
  isNumber?: boolean
}

export function SortHeader<K extends string>({ label, name, sorting, onSort, isNumber }: SortHeaderProps<K>) {
  const isCurrent = sorting.key === name
  const Arrow = sorting.isDescending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      className={isNumber ? 'number' : undefined}
      aria-sort={isCurrent ? (sorting.isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" className="sort" onClick={() => onSort(isCurrent && !sorting.isDescending ? `-${name}` : name)}>
        {label}
        {isCurrent && <Arrow size={12} aria-hidden="true" />}
      </button>
    </th>
  )
}
