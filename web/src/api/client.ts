// The one place that talks to the server. Its types are made from the API's own document.
import { noteAnswer } from './connection'
import { RequestError, problemOf, unreachable } from './problem'
import type { Operations } from './types.gen'

const BASE = '/api/v1'
/** A page of a list; the API gives at most so many. */
export const PAGE_ITEMS_MAX = 100

type Method = keyof Operations
type Operation<M extends Method, P extends keyof Operations[M]> = Operations[M][P]
type AnswerOf<O> = O extends { answer: infer A } ? A : never
type Parts<O> = (O extends { path: infer P } ? { path: P } : unknown) &
  (O extends { query?: infer Q } ? { query?: Q } : unknown) &
  (O extends { body: infer B } ? { body: B } : unknown)
type Options<O> = Parts<O> & { signal?: AbortSignal; idempotencyKey?: string }

interface Raw {
  path?: Record<string, string>
  query?: Record<string, string | number | undefined>
  body?: unknown
  signal?: AbortSignal
  idempotencyKey?: string
  /** Reads an answer that `JSON.parse` would round. */
  parse?: (text: string) => unknown
}

/** Sends a request of the API's document and returns its answer; throws `RequestError` otherwise. */
export function call<M extends Method, P extends keyof Operations[M] & string>(
  method: M,
  path: P,
  options: Options<Operation<M, P>>,
): Promise<AnswerOf<Operation<M, P>>> {
  return send(method, path, options as Raw) as Promise<AnswerOf<Operation<M, P>>>
}

/** Sends a request that the API's document does not have (yet). */
export async function send(method: string, path: string, options: Raw = {}): Promise<unknown> {
  const headers = new Headers({ Accept: 'application/json' })
  // Other sites cannot set this header, so that a request with it comes from the console (CSRF).
  if (method !== 'get') headers.set('X-Margay-Console', '1')
  if (options.body !== undefined) headers.set('Content-Type', 'application/json')
  if (options.idempotencyKey !== undefined) headers.set('Idempotency-Key', options.idempotencyKey)
  const init: RequestInit = { method: method.toUpperCase(), headers, credentials: 'same-origin' }
  if (options.body !== undefined) init.body = JSON.stringify(options.body)
  if (options.signal !== undefined) init.signal = options.signal

  let response: Response
  try {
    response = await fetch(BASE + filled(path, options.path ?? {}) + queryOf(options.query ?? {}), init)
  } catch (error) {
    if (options.signal?.aborted) throw error
    noteAnswer({ isReached: false })
    throw unreachable()
  }
  const body = await bodyOf(response, options.parse)
  const error = response.ok
    ? undefined
    : new RequestError(problemOf(response.status, body, response.headers.get('x-request-id') ?? ''))
  noteAnswer({ isReached: !isGatewayGone(error), status: response.status, code: error?.problem.code, build: response.headers.get('x-build-id') })
  if (error) throw error
  return body
}

/** A proxy in front answers 502 or 504 when our server is gone; ours never does without a problem document. */
function isGatewayGone(error: RequestError | undefined): boolean {
  return error?.problem.code === 'http_502' || error?.problem.code === 'http_504'
}

function filled(path: string, values: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
}

function queryOf(values: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(values).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return text && `?${text}`
}

async function bodyOf(response: Response, parse: (text: string) => unknown = JSON.parse): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return parse(text)
  } catch {
    return text
  }
}
