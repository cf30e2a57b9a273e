// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Legend } from './legend'

const SERIES = ['user_login_failed', 'task_created', 'project_shared', 'export_started'].map((label) => ({ label, color: '1' as const }))

/** How many items fit into the first line, and what is told when that changes. */
let fits = 2
let resized: () => void = () => {}

beforeEach(() => {
  fits = 2
  vi.spyOn(HTMLElement.prototype, 'offsetTop', 'get').mockImplementation(function (this: HTMLElement) {
    return 100 + Math.floor([...(this.parentElement?.children ?? [])].indexOf(this) / fits) * 20
  })
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(tell: () => void) {
        resized = tell
      }
      observe() {}
      disconnect() {}
    },
  )
})

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('counts what does not fit into one line, and shows it when asked', () => {
  render(<Legend series={SERIES} isOneLine />)
  const more = screen.getByRole('button', { name: '+2 more in the legend' })
  expect(more.getAttribute('aria-expanded')).toBe('false')
  expect(screen.getByRole('list').hasAttribute('data-cut')).toBe(true)
  fireEvent.click(more)
  expect(screen.getByRole('list').hasAttribute('data-cut')).toBe(false)
  fireEvent.click(screen.getByRole('button', { name: 'Less' }))
  expect(screen.getByRole('list').hasAttribute('data-cut')).toBe(true)
})

it('counts anew when there is more room or less', () => {
  render(<Legend series={SERIES} isOneLine />)
  fits = 1
  act(() => resized())
  expect(screen.getByRole('button').textContent).toContain('+3')
  fits = 4
  act(() => resized())
  expect(screen.queryByRole('button')).toBeNull()
})

it('has all its lines elsewhere', () => {
  render(<Legend series={SERIES} />)
  expect(screen.getByRole('list').hasAttribute('data-cut')).toBe(false)
  expect(screen.queryByRole('button')).toBeNull()
})
