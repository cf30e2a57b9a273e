// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useKeepTrying } from './use-keep-trying'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function trying() {
  const onTry = vi.fn()
  const { result, rerender } = renderHook((props: { hasFailed: boolean; isBusy: boolean }) => useKeepTrying({ ...props, onTry }), {
    initialProps: { hasFailed: true, isBusy: false },
  })
  /** One attempt runs and fails. */
  const fail = () => {
    rerender({ hasFailed: false, isBusy: true })
    rerender({ hasFailed: true, isBusy: false })
  }
  const wait = (ms: number) => {
    act(() => {
      vi.advanceTimersByTime(ms)
    })
  }
  return { result, onTry, fail, wait }
}

it('tries only when asked to', () => {
  const { onTry, wait } = trying()
  wait(60_000)
  expect(onTry).not.toHaveBeenCalled()
})

it('tries again after each failure, until it is stopped', () => {
  const { result, onTry, fail, wait } = trying()
  act(() => result.current.start())
  wait(20_000)
  fail()
  wait(20_000)
  expect(onTry).toHaveBeenCalledTimes(2)
  fail()
  act(() => result.current.stop())
  wait(60_000)
  expect(onTry).toHaveBeenCalledTimes(2)
})

it('ends by itself after five minutes', () => {
  const { result, onTry, fail, wait } = trying()
  act(() => result.current.start())
  for (let count = 0; count < 20; count += 1) {
    wait(20_000)
    fail()
  }
  expect(onTry).toHaveBeenCalledTimes(15)
  expect(result.current.until).toBeUndefined()
})
