// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { logSourcesQuery } from '../../../api/log-source'
import { ObjectLink } from './object-link'

// A link needs no router to be seen.
vi.mock('@tanstack/react-router', () => ({ Link: ({ children }: { children: ReactNode }) => <a href="#">{children}</a> }))

afterEach(cleanup)

function isLink(id: string, name: string): boolean {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } })
  client.setQueryData([...logSourcesQuery.queryKey], [{ id: 'listed' }])
  render(
    <QueryClientProvider client={client}>
      <ObjectLink object={{ kind: 'log_source', id, name }} />
    </QueryClientProvider>,
  )
  const found = screen.getByText(name).tagName === 'A'
  cleanup()
  return found
}

it('leads to no page of the source of imported records, which has none', () => {
  expect(isLink('hidden', 'Import')).toBe(false)
  expect(isLink('listed', 'Import')).toBe(true)
  expect(isLink('deleted', 'Our Asana')).toBe(true)
})
