// The audit log as a search: its entries are rows of a table too, and older ones are only there.
import type { Filter } from '../../../search/filter'
import { type SearchTarget, tableOfLogType } from '../../../search/state'
import { type AuditSearch, rangeOf } from './filters'

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Returns what to search for to find what the filters find. */
export function searchTarget(search: AuditSearch): SearchTarget {
  const { actor, action, object, outcome } = search
  const [kind, ...id] = (object ?? '').split(':')
  const filters = [
    is(actor && UUID.test(actor) ? 'actor.id' : 'actor.name', actor),
    is('action', action),
    is('object.object_type', kind),
    is('object.id', id.join(':')),
    is('outcome', outcome),
  ]
  return { table: tableOfLogType('Margay.Audit'), filters: filters.flatMap((one) => one ?? []), range: rangeOf(search) }
}

function is(field: string, value: string | undefined): Filter | undefined {
  return value ? { field, operator: 'is', values: [value] } : undefined
}
