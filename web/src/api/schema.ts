import { queryOptions } from '@tanstack/react-query'
import { call, send } from './client'
import { parseExact } from './exact-json'
import { readAll } from './pages'
import type { Schemas } from './types.gen'

export type SchemaSummary = Schemas['SchemaSummary']
export type Schema = Schemas['Schema']
export type SchemaField = Schemas['SchemaField']
export type SchemaProblem = Schemas['SchemaProblem']
export type SchemaChange = Schemas['SchemaChangeBody']
export type SchemaNote = Schemas['SchemaNote']
export type Validation = Schemas['SchemaValidation']
export type Trial = Schemas['SchemaTrialResult']
export type Suggestion = Schemas['SchemaSuggestion']
export type Table = Schemas['Table']

const REFRESH_MS = 30_000

/** All of them, the archived ones too: the page filters. */
export const schemasQuery = queryOptions({
  queryKey: ['schemas'],
  queryFn: ({ signal }) => readAll((query) => call('get', '/schemas', { query: { ...query, includeArchived: true }, signal })),
  refetchInterval: REFRESH_MS,
})

export const schemaQuery = (name: string) =>
  queryOptions({
    queryKey: ['schemas', name],
    queryFn: ({ signal }) => call('get', '/schemas/{name}', { path: { name }, signal }),
    refetchInterval: REFRESH_MS,
  })

/** A text that the schema had; what was saved once never changes. */
export const schemaVersionQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ['schemas', name, 'version', version],
    queryFn: ({ signal }) => call('get', '/schemas/{name}', { path: { name }, query: { version }, signal }),
    staleTime: Infinity,
  })

export const tablesQuery = queryOptions({
  queryKey: ['tables'],
  queryFn: async ({ signal }) => (await call('get', '/tables', { signal })).results,
  staleTime: REFRESH_MS,
})

/** What is wrong with a text. The same text has the same answer, until a schema is saved. */
export const validationQuery = (yaml: string, isLenient: boolean) =>
  queryOptions({
    queryKey: ['schema-validation', isLenient, yaml],
    queryFn: ({ signal }) => call('post', '/schemas/validate', { body: { yaml, isLenient }, signal }),
    staleTime: Infinity,
    // Texts are large, and each letter makes another one.
    gcTime: 0,
  })

export interface Samples {
  text: string
  streamType: string
}

/** What a trial is made with: a text that is being written, or a schema that is there. */
export type Tried = { yaml: string; isLenient: boolean } | { name: string }

/** Tries a schema on samples. Numbers that JavaScript would round are kept as they were sent. */
export async function trySchema(schema: Tried, samples: Samples): Promise<Trial> {
  const body = { ...schema, samples: samples.text, streamType: samples.streamType }
  return (await send('post', '/schemas/test', { body, parse: parseExact })) as Trial
}

export async function inferSchema(name: string, samples: Samples): Promise<Suggestion> {
  const body = { name, samples: samples.text, streamType: samples.streamType }
  return (await send('post', '/schemas/infer', { body, parse: parseExact })) as Suggestion
}

export function createSchema(yaml: string, isLenient: boolean, idempotencyKey: string) {
  return call('post', '/schemas', { body: { yaml, isLenient }, idempotencyKey })
}

export function replaceSchema(name: string, yaml: string, isLenient: boolean, revision: number) {
  return call('put', '/schemas/{name}', { path: { name }, body: { yaml, isLenient, revision } })
}

export function archiveSchema(name: string, revision: number) {
  return call('post', '/schemas/{name}/archive', { path: { name }, query: { revision } })
}

export function restoreSchema(name: string, revision: number) {
  return call('post', '/schemas/{name}/restore', { path: { name }, query: { revision } })
}
