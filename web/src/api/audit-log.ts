// Who did what: every change by the console, an API token or the command line.
import { type InfiniteData, infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { send } from './client'

export interface AuditActor {
  kind: string
  id: string | null
  name: string
}

export interface AuditObject {
  kind: string
  id: string
  name: string | null
}

/** The public JSON of an object, without its secrets. */
export type Snapshot = Record<string, unknown>

export interface AuditEntry {
  id: string
  at: string
  actor: AuditActor
  address: string | null
  /** The operation of the API, such as `pause_log_source`. */
  action: string
  object: AuditObject | null
  outcome: 'succeeded' | 'failed'
  /** The HTTP status of the answer. */
  status: number | null
  /** The code of the problem, if it failed. */
  problem: string | null
  before: Snapshot | null
  after: Snapshot | null
  requestId: string | null
}

interface AuditPage {
  results: AuditEntry[]
  next: string | null
}

/** What the API lets choose. */
export interface AuditFilter {
  actor?: string | undefined
  action?: string | undefined
  /** A kind, or a kind and an id: `log_source:0189…`. */
  object?: string | undefined
  outcome?: string | undefined
  since?: string | undefined
  until?: string | undefined
}

export const AUDIT_ENTRIES_SHOWN = 50

/** The newest first, page by page. */
export const auditLogQuery = (filter: AuditFilter) =>
  infiniteQueryOptions<AuditPage, Error, InfiniteData<AuditPage>, readonly unknown[], string | undefined>({
    queryKey: ['audit-log', filter],
    queryFn: ({ pageParam, signal }) =>
      send('get', '/audit-log', { query: { ...filter, limit: AUDIT_ENTRIES_SHOWN, cursor: pageParam }, signal }) as Promise<AuditPage>,
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  })

export const auditEntryQuery = (id: string) =>
  queryOptions({
    queryKey: ['audit-log', id],
    queryFn: ({ signal }) => send('get', '/audit-log/{id}', { path: { id }, signal }) as Promise<AuditEntry>,
    // Nobody changes what was done.
    staleTime: Infinity,
  })
