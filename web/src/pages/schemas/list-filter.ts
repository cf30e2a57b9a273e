import type { SchemaSummary } from '../../api/schema'
import { KIND_LABELS } from './state'

/** What the list's URL says. */
export interface SchemaFilter {
  q?: string
  kind?: string
  state?: string
}

/** Returns the schemas that fit, in the order of their names. */
export function filtered(schemas: readonly SchemaSummary[], { q = '', kind, state }: SchemaFilter): SchemaSummary[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return schemas
    .filter((schema) => {
      if (kind && schema.kind !== kind) return false
      if (state && schema.state !== state) return false
      const text = `${schema.name} ${schema.description ?? ''} ${schema.table} ${KIND_LABELS[schema.kind]} ${schema.state}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .sort((one, other) => one.name.localeCompare(other.name))
}
