// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Answer } from '../../search/run'
import { store } from '../../store'
import { ExportDialog } from './export-menu'
import type { Running } from './use-run'

const server = vi.hoisted(() => ({ ask: vi.fn<() => Promise<Answer>>(), toast: vi.fn() }))
vi.mock('../../search/run', async (original) => ({ ...(await original<object>()), ask: server.ask }))
vi.mock('../../ui/toast', () => ({ toast: server.toast }))

const saved: Blob[] = []
beforeEach(() => {
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    saved.push(blob as Blob)
    return 'blob:x'
  })
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {})
})
afterEach(() => {
  cleanup()
  saved.length = 0
  vi.restoreAllMocks()
  server.ask.mockReset()
  server.toast.mockReset()
})

const answer = (count: number, cutBy: Answer['cutBy']): Answer => ({
  columns: [{ name: 'n', type: 'integer' }],
  rows: Array.from({ length: count }, (_, index) => [String(index)]),
  cutBy,
  durationMs: 1,
})

/** A search by filters with so many rows as the bars count. */
function open(total: number) {
  const request = { table: { name: 'a', label: 'A', logType: 'A', fields: [] }, tables: [], filters: [], columns: [], sorting: { field: 'n', isDescending: true }, span: { from: new Date(0), to: new Date(1) }, limit: 1_000 }
  const view = { phase: 'done', columns: [], rows: [], hasMore: false, isLoadingMore: false, query: undefined, error: undefined, startedAt: 1 } as const
  const current = { mode: 'filters', sql: '', span: request.span, request, number: 1, run: { view: store(view) } }
  render(<ExportDialog format="csv" running={{ current, view } as unknown as Running} total={total} onClose={() => {}} />)
}

it('saves what is all, and says how much it is', async () => {
  server.ask.mockResolvedValue(answer(3, undefined))
  open(3)
  screen.getByText(/3 rows: everything that the search finds/)
  fireEvent.click(screen.getByRole('button', { name: 'Save the file' }))
  await waitFor(() => expect(server.toast).toHaveBeenCalledWith('Saved 3 rows'))
  expect(await saved[0]?.text()).toBe('n\r\n0\r\n1\r\n2\r\n')
})

it('says that the server cut it before it is saved', async () => {
  server.ask.mockResolvedValue(answer(2, 'bytes'))
  open(60_126)
  fireEvent.click(screen.getByRole('button', { name: 'Save the file' }))
  const anyway = await screen.findByRole('button', { name: 'Save these 2 rows' })
  screen.getByText(/2 of 60,126 rows: cut at 32 MiB/)
  expect(screen.queryByText(/everything/)).toBeNull()
  expect(saved).toHaveLength(0)
  fireEvent.click(anyway)
  await waitFor(() => expect(server.toast).toHaveBeenCalledWith('Saved 2 of 60,126 rows: cut at 32 MiB'))
  expect(saved).toHaveLength(1)
  expect(server.ask).toHaveBeenCalledTimes(1)
})

it('promises no more than the server gives', () => {
  open(60_126)
  screen.getByText(/The first 50,000 rows.*It finds 60,126/)
})
