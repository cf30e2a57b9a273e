// What a change changed: two snapshots of an object, compared key by key.
import type { Snapshot } from '../../../api/audit-log'

export type DifferenceKind = 'added' | 'removed' | 'changed' | 'same'

export interface Difference {
  /** Names joined by dots: `settings.url`. */
  path: string
  kind: DifferenceKind
  /** JSON; undefined where there was nothing. */
  before?: string
  after?: string
}

/**
 * Returns each value of both, in the order in which the later one names them, then what only the earlier one has.
 * Objects are gone into; arrays are one value, since their elements have no names.
 */
export function differences(before: Snapshot | null | undefined, after: Snapshot | null | undefined): Difference[] {
  const old = leaves(before ?? {})
  const now = leaves(after ?? {})
  const paths = [...now.keys(), ...[...old.keys()].filter((path) => !now.has(path))]
  return paths.map((path) => differenceOf(path, old.get(path), now.get(path)))
}

function differenceOf(path: string, before: string | undefined, after: string | undefined): Difference {
  if (before === undefined) return { path, kind: 'added', ...(after !== undefined && { after }) }
  if (after === undefined) return { path, kind: 'removed', before }
  return { path, kind: before === after ? 'same' : 'changed', before, after }
}

function leaves(value: Snapshot, within = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, member] of Object.entries(value)) {
    const path = within ? `${within}.${name}` : name
    if (isObject(member) && Object.keys(member).length > 0) for (const [inner, text] of leaves(member, path)) found.set(inner, text)
    else found.set(path, canonical(member))
  }
  return found
}

function isObject(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON in which the order of an object's names says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (isObject(member) ? Object.fromEntries(Object.entries(member).sort(byName)) : member)) ?? 'null'
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}
