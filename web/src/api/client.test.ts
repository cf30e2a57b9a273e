import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { call } from './client'
import { connection } from './connection'
import { RequestError } from './problem'

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>()

beforeEach(() => {
  vi.stubGlobal('fetch', fetched)
  connection.set({ isReached: true, isSessionOver: false, build: null, isOutdated: false })
})

afterEach(() => {
  vi.unstubAllGlobals()
  fetched.mockReset()
})

function answers(status: number, body?: unknown, headers: Record<string, string> = {}): void {
  fetched.mockImplementation(() => Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers })))
}

function sent(): { url: string; method: string | undefined; headers: Record<string, string>; body: unknown } {
  const [url, init] = fetched.mock.calls[0] ?? []
  const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined
  return { url: url ?? '', method: init?.method, headers: Object.fromEntries(new Headers(init?.headers)), body }
}

it('fills paths and queries, with what is odd in them written out', async () => {
  answers(200, { results: [] })
  await call('get', '/alerts', { query: { status: 'OPEN,TRIAGED', limit: 50 } })
  await call('get', '/log-sources/{id}', { path: { id: 'a/b?c' } })
  expect(fetched.mock.calls.map(([url]) => url)).toEqual(['/api/v1/alerts?status=OPEN%2CTRIAGED&limit=50', '/api/v1/log-sources/a%2Fb%3Fc'])
})

it('marks what changes something as coming from the console', async () => {
  answers(201, {})
  await call('post', '/alerts/{id}/comments', { path: { id: '1' }, body: { text: 'seen' }, idempotencyKey: 'k' })
  expect(sent()).toMatchObject({ method: 'POST', headers: { 'x-margay-console': '1', 'idempotency-key': 'k' }, body: { text: 'seen' } })
})

it('does not mark what only reads', async () => {
  answers(200, { results: [] })
  await call('get', '/alerts', {})
  expect(sent().headers).not.toHaveProperty('x-margay-console')
})

it('notices that the session is over', async () => {
  answers(401, { code: 'token_missing', title: 'Sign in', status: 401 })
  await expect(call('get', '/alerts', {})).rejects.toBeInstanceOf(RequestError)
  expect(connection.get().isSessionOver).toBe(true)
})

it('notices that the server is gone, and there again', async () => {
  fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'))
  await expect(call('get', '/alerts', {})).rejects.toMatchObject({ problem: { code: 'server_unreachable' } })
  expect(connection.get().isReached).toBe(false)
  answers(200, { results: [] })
  await call('get', '/alerts', {})
  expect(connection.get().isReached).toBe(true)
})

it('takes a stopped request for no lost server', async () => {
  const stop = new AbortController()
  stop.abort()
  fetched.mockRejectedValue(new DOMException('stopped', 'AbortError'))
  await expect(call('get', '/alerts', { signal: stop.signal })).rejects.toThrow('stopped')
  expect(connection.get().isReached).toBe(true)
})

it('notices another version of the server', async () => {
  answers(200, { results: [] }, { 'x-build-id': 'a' })
  await call('get', '/alerts', {})
  expect(connection.get().isOutdated).toBe(false)
  answers(200, { results: [] }, { 'x-build-id': 'b' })
  await call('get', '/alerts', {})
  expect(connection.get().isOutdated).toBe(true)
})

it('takes a proxy that misses the server for a lost server', async () => {
  fetched.mockResolvedValue(new Response('<html>Bad Gateway</html>', { status: 502 }))
  await expect(call('get', '/alerts', {})).rejects.toMatchObject({ problem: { code: 'http_502' } })
  expect(connection.get().isReached).toBe(false)
})
