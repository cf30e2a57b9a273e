// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RunView } from '../../search/run'
import { useRefresh } from './use-refresh'

const IDLE: RunView = { phase: 'done', columns: [], rows: [[]], hasMore: true, isLoadingMore: false, query: undefined, error: undefined, startedAt: 1 }
const rows = (count: number) => Array.from({ length: count }, () => [])

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  cleanup()
  document.body.replaceChildren()
  vi.useRealTimers()
})

function open(part: Partial<RunView> = {}, isCounting = false) {
  const runAgain = vi.fn()
  const { result, rerender } = renderHook((props: { view: RunView; isCounting: boolean }) => useRefresh('10', { view: props.view, runAgain }, props.isCounting), {
    initialProps: { view: { ...IDLE, ...part }, isCounting },
  })
  const pass = () => act(() => vi.advanceTimersByTime(10_000))
  return { runAgain, result, rerender, pass }
}

it('asks again every ten seconds', () => {
  const { runAgain, pass, result } = open()
  pass()
  pass()
  expect(runAgain).toHaveBeenCalledTimes(2)
  expect(result.current).toBe(false)
})

it.each<[string, Partial<RunView>, boolean]>([
  ['rows are on their way', { phase: 'running' }, false],
  ['bars are on their way', {}, true],
  ['more rows are on their way', { isLoadingMore: true }, false],
])('waits while %s', (_, part, isCounting) => {
  const { runAgain, pass, result, rerender } = open(part, isCounting)
  pass()
  expect(runAgain).not.toHaveBeenCalled()
  expect(result.current).toBe(false)
  rerender({ view: IDLE, isCounting: false })
  pass()
  expect(runAgain).toHaveBeenCalledTimes(1)
})

it('waits, and says so, while more than the first rows are loaded', () => {
  const { runAgain, pass, result } = open({ rows: rows(1_001) })
  pass()
  expect(runAgain).not.toHaveBeenCalled()
  expect(result.current).toBe(true)
})

it('waits, and says so, while the rows are scrolled', () => {
  const { runAgain, pass, result } = open({ rows: rows(1_000) })
  const grid = document.body.appendChild(document.createElement('div'))
  grid.className = 'grid'
  const scrollTo = (top: number) =>
    act(() => {
      grid.scrollTop = top
      grid.dispatchEvent(new Event('scroll'))
    })
  scrollTo(40)
  expect(result.current).toBe(true)
  pass()
  expect(runAgain).not.toHaveBeenCalled()
  scrollTo(0)
  expect(result.current).toBe(false)
  pass()
  expect(runAgain).toHaveBeenCalledTimes(1)
})
