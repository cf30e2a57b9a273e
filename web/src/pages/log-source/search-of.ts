import type { LogSource } from '../../api/log-source'
import { searchLink, tableOfLogType } from '../../search/state'

/** A week, in which most sources have something. */
const SEARCHED = { from: 'now-7d', to: 'now' }

/** What a link to the events of a source needs. */
export function searchOf({ id, logType }: LogSource) {
  const filters = [{ field: 'p_source_id', operator: 'is' as const, values: [id] }]
  return searchLink({ table: tableOfLogType(logType), filters, range: SEARCHED })
}
