// The audit log as a search: its entries are rows of a table too, and older ones are only there.
import type { AuditFilter } from '../../../api/audit-log'
import { stringifySearch } from '../../../search-params'

const COLUMNS = "p_event_time, actor['name'] as actor, action, object['name'] as object, outcome, problem, client_ip_address, before, after, id"
/** More rows than anybody reads; the statement can be changed there. */
const ROWS_MAX = 1_000

/** Returns the statement that finds what the filter finds. */
export function sqlOf({ actor, action, object, outcome, since, until }: AuditFilter): string {
  const [kind = '', ...id] = (object ?? '').split(':')
  const conditions = [
    since && `p_event_time >= timestamp ${text(since)}`,
    until && `p_event_time < timestamp ${text(until)}`,
    actor && `(actor['name'] = ${text(actor)} or actor['id'] = ${text(actor)})`,
    action && `action = ${text(action)}`,
    kind && `object['object_type'] = ${text(kind)}`,
    id.length > 0 && `object['id'] = ${text(id.join(':'))}`,
    outcome && `outcome = ${text(outcome)}`,
  ].filter(Boolean)
  const where = conditions.length > 0 ? `\nwhere ${conditions.join('\n  and ')}` : ''
  return `select ${COLUMNS}\nfrom margay_audit${where}\norder by p_event_time desc\nlimit ${ROWS_MAX}`
}

/** Where the statement can be run and changed. */
export function searchHref(filter: AuditFilter): string {
  return `/search${stringifySearch({ mode: 'sql', q: sqlOf(filter) })}`
}

/** A value as SQL writes it: nothing in it ends it. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
