// Who did what: every change by the console, an API token or the command line.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Operations, Schemas } from './types.gen'

export type AuditEntry = Schemas['AuditEntry']
export type AuditActor = Schemas['AuditActor']
export type AuditObject = Schemas['AuditObject']
export type AuditOutcome = Schemas['AuditOutcome']

/** An object as it was, without its secrets. */
export type Snapshot = NonNullable<AuditEntry['before']>

/** What the API lets choose. */
export type AuditFilter = Omit<NonNullable<Operations['get']['/audit-log']['query']>, 'limit' | 'cursor'>

export const AUDIT_ENTRIES_SHOWN = 50

/** The newest first, page by page. */
export const auditLogQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit-log', filter],
    queryFn: ({ pageParam, signal }) =>
      call('get', '/audit-log', { query: { ...filter, limit: AUDIT_ENTRIES_SHOWN, ...(pageParam && { cursor: pageParam }) }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  })

export const auditEntryQuery = (id: string) =>
  queryOptions({
    queryKey: ['audit-log', id],
    queryFn: ({ signal }) => call('get', '/audit-log/{id}', { path: { id }, signal }),
    // Nobody changes what was done.
    staleTime: Infinity,
  })
