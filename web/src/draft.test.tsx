// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { useDraft } from './draft'

afterEach(() => {
  cleanup()
  sessionStorage.clear()
})

/** As after a reload: a component of its own. */
const open = () => renderHook(() => useDraft('text', { yaml: '' })).result

it('is found again after a reload, until it is forgotten', () => {
  const first = open()
  act(() => first.current[1]({ yaml: 'schema: Custom.A' }))
  const again = open()
  expect([again.current[0].yaml, again.current[3]]).toEqual(['schema: Custom.A', true])
  act(() => again.current[2]())
  expect(open().current[0].yaml).toBe('')
})

it('says that it is too large, and leaves no older one behind', () => {
  const first = open()
  act(() => first.current[1]({ yaml: 'short' }))
  act(() => first.current[1]({ yaml: 'x'.repeat(600_000) }))
  expect([first.current[0].yaml.length, first.current[3]]).toEqual([600_000, false])
  expect(open().current[0].yaml).toBe('')
})
