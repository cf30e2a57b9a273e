import { expect, it, vi } from 'vitest'
import { RequestError } from '../api/problem'
import type { Query, QueryPurpose, QueryServer } from '../api/query'
import { Desk } from './desk'
import { Run, ask } from './run'

const COLUMNS = [{ name: 'n', type: 'integer' as const }]

/** A server with one query, whose rows come as `batches` say; the state is the last one's after that. */
function server(batches: number[], end: Partial<Query> = {}): QueryServer & { begun: Array<[string, QueryPurpose]>; cancelled: string[] } {
  const begun: Array<[string, QueryPurpose]> = []
  const cancelled: string[] = []
  let count = 0
  let looks = 0
  const query = (): Query => {
    const isOver = looks >= batches.length
    return { id: 'q', sql: '', purpose: 'search', state: isOver ? 'succeeded' : 'running', rowCount: count, bytes: 0, timeoutSeconds: 60, startedAt: '', durationMs: 5, columns: COLUMNS, ...(isOver && end) }
  }
  return {
    begun,
    cancelled,
    begin: async (sql, purpose) => {
      begun.push([sql, purpose])
      return query()
    },
    look: async () => query(),
    rows: async (_, cursor, limit) => {
      count += batches[looks] ?? 0
      looks += 1
      const from = Number(cursor ?? 0)
      const to = Math.min(count, from + limit)
      const state = query().state
      const rows = Array.from({ length: to - from }, (__, index) => [String(from + index)])
      return { state, columns: COLUMNS, rows, next: state === 'running' || to < count ? String(to) : null }
    },
    cancel: async (id) => {
      cancelled.push(id)
      return query()
    },
  }
}

const around = (one: QueryServer) => ({ server: one, desk: new Desk(), pause: () => Promise.resolve() })

it('shows rows while they come, and what the server says at the end', async () => {
  const run = new Run('select n', around(server([2, 0, 3])))
  const seen: number[] = []
  run.view.subscribe(() => seen.push(run.view.get().rows.length))
  await run.start()
  expect(run.view.get()).toMatchObject({ phase: 'done', rows: [['0'], ['1'], ['2'], ['3'], ['4']], hasMore: false, columns: COLUMNS })
  expect(seen).toContain(2)
})

it('reads a thousand, and more when asked', async () => {
  const run = new Run('select n', around(server([2_500])))
  await run.start()
  expect(run.view.get()).toMatchObject({ hasMore: true, query: { rowCount: 2_500 } })
  expect(run.view.get().rows).toHaveLength(1_000)
  await run.loadMore()
  await run.loadMore()
  await run.loadMore()
  expect(run.view.get()).toMatchObject({ hasMore: false })
  expect(run.view.get().rows.map(([n]) => Number(n))).toEqual(Array.from({ length: 2_500 }, (_, index) => index))
})

it('reads as many at first as it is told to', async () => {
  const run = new Run('select n', around(server([2_500])), 2_000)
  await run.start()
  expect(run.view.get().rows).toHaveLength(2_000)
})

it('keeps the rows of a query that ran out of time', async () => {
  const problem = { code: 'timed_out', detail: 'the query was stopped after 60s' }
  const run = new Run('select n', around(server([2], { state: 'failed', problem })))
  await run.start()
  expect(run.view.get()).toMatchObject({ phase: 'failed', rows: [['0'], ['1']], error: { problem: { code: 'timed_out', title: 'The query took too long' } } })
})

it('waits while all places are taken', async () => {
  const real = server([1])
  const begin = vi.fn(real.begin)
  begin.mockRejectedValueOnce(new RequestError({ type: '', title: '', status: 429, detail: '', code: 'too_many_at_work', request_id: '' }))
  const run = new Run('select n', around({ ...real, begin }))
  await run.start()
  expect(begin).toHaveBeenCalledTimes(2)
  expect(run.view.get().phase).toBe('done')
})

it('a refused statement is not tried again', async () => {
  const refused = new RequestError({ type: '', title: '', status: 422, detail: '', code: 'query_invalid', request_id: '', line: 1, column: 8 })
  const begin = vi.fn(() => Promise.reject(refused))
  const run = new Run('select', around({ ...server([]), begin }))
  await run.start()
  expect(begin).toHaveBeenCalledTimes(1)
  expect(run.view.get()).toMatchObject({ phase: 'failed', error: refused })
})

it('cancels at the server, and keeps what has come', async () => {
  const one = server(Array.from({ length: 50 }, () => 1))
  const pause = (_: number, signal: AbortSignal) => new Promise<void>((__, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  const run = new Run('select n', { ...around(one), pause })
  const isOver = run.start()
  await vi.waitFor(() => expect(run.view.get().rows).toHaveLength(1))
  run.cancel()
  await isOver
  expect(one.cancelled).toEqual(['q'])
  expect(run.view.get()).toMatchObject({ phase: 'cancelled', rows: [['0']], error: undefined })
})

it('asks something small and waits for all of it', async () => {
  const { signal } = new AbortController()
  expect((await ask('select n', 'bars', signal, around(server([1, 1_500])))).rows).toHaveLength(1_501)
  const failed = ask('select n', 'bars', signal, around(server([1], { state: 'failed', problem: { code: 'timed_out', detail: 'x' } })))
  await expect(failed).rejects.toMatchObject({ problem: { code: 'timed_out' } })
})

it('says what a person asked for, and what only aids that', async () => {
  const one = server([1])
  await new Run('select a', around(one)).start()
  await ask('select b', 'bars', new AbortController().signal, around(one))
  expect(one.begun).toEqual([
    ['select a', 'search'],
    ['select b', 'aid'],
  ])
})

it('says which limit cut an answer', async () => {
  const { signal } = new AbortController()
  expect((await ask('select n', 'bars', signal, around(server([2])))).cutBy).toBeUndefined()
  expect((await ask('select n', 'bars', signal, around(server([2], { cutBy: 'bytes' })))).cutBy).toBe('bytes')
})
