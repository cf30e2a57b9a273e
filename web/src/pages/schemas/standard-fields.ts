// The standard fields of a table: its columns that Margay makes, with what they mean.
import type { SchemaField, Table } from '../../api/schema'

const MEANINGS: Record<string, string> = {
  p_log_type: 'The log type: the name of the schema',
  p_row_id: 'Made of the source and of the id that the vendor gave the record: the same record always has the same one',
  p_event_time: 'When it happened; when it was pulled, if the record does not say',
  p_parse_time: 'When the record was journalled',
  p_schema_version: 'The version of the schema that made the row',
  p_source_id: 'The id of the log source',
  p_source_label: 'The name that the log source had then',
  p_unmapped: 'What of the record no field takes, as JSON',
  p_event_date: 'The UTC day of p_event_time: what the table is partitioned by',
}
const INDICATORS = 'p_any_'

/** The standard fields of a table, as fields of a schema are shown. */
export function standardFields(table: Table): SchemaField[] {
  return table.columns.filter(({ name }) => name.startsWith('p_')).map(({ name, type }) => ({
    path: name,
    type,
    columnType: type,
    description: meaning(name),
    indicators: [],
    isEventTime: false,
    isRequired: false,
  }))
}

function meaning(name: string): string | null {
  if (name.startsWith(INDICATORS)) return `All ${name.slice(INDICATORS.length).replaceAll('_', ' ')} of the event, wherever they are in it`
  return MEANINGS[name] ?? null
}
