// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { useSqlDraft } from './use-sql-draft'

afterEach(() => {
  cleanup()
  sessionStorage.clear()
})

const ASKED = 'select 1'
const TYPED = 'select 2'
const open = (asked = ASKED) => renderHook((sql: string) => useSqlDraft(sql), { initialProps: asked })

/** As by Back or a reload: the page is another, the tab the same. */
const openAgain = (asked = ASKED) => {
  cleanup()
  return open(asked)
}

it('what was typed and not run is found again', () => {
  const page = open()
  act(() => page.result.current.type(TYPED))
  expect(openAgain().result.current.draft).toBe(TYPED)
})

it('only over the statement that it was made of', () => {
  const page = open()
  act(() => page.result.current.type(TYPED))
  page.rerender('select 3')
  expect(page.result.current.draft).toBe('select 3')
  page.rerender(ASKED)
  expect(page.result.current.draft).toBe(TYPED)
  expect(openAgain('select 3').result.current.draft).toBe('select 3')
})

it('what ran is not kept', () => {
  const page = open()
  act(() => page.result.current.type(TYPED))
  act(() => page.result.current.settle(TYPED))
  page.rerender(TYPED)
  page.rerender(ASKED)
  expect(page.result.current.draft).toBe(ASKED)
  expect(openAgain().result.current.draft).toBe(ASKED)
})

it('nor is what was typed back', () => {
  const page = open()
  act(() => page.result.current.type(TYPED))
  act(() => page.result.current.type(ASKED))
  expect(sessionStorage).toHaveLength(0)
  expect(openAgain().result.current.draft).toBe(ASKED)
})

it('a statement that was shown, not typed, is not kept', () => {
  const page = open()
  act(() => page.result.current.setDraft((draft) => `${draft}\nlimit 1000`))
  expect(openAgain().result.current.draft).toBe(ASKED)
})
