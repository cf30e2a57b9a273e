import { expect, it } from 'vitest'
import type { AuditEntry } from '../../../api/audit-log'
import type { Note } from '../../../api/source-history'
import { storyOf } from './story'

const note = (lastAt: string): Note => ({ kind: 'reachable', text: lastAt, count: 1, firstAt: lastAt, lastAt })
const entry = (at: string): AuditEntry => ({
  id: at,
  at,
  actor: { kind: 'user', id: '1', name: 'ann@example.com' },
  address: null,
  action: 'pause_log_source',
  object: null,
  outcome: 'succeeded',
  status: 200,
  problem: null,
  before: null,
  after: null,
  requestId: null,
})

const NOTES = [note('2026-11-26T12:00:00Z'), note('2026-11-26T10:00:00.5Z'), note('2026-11-26T08:00:00Z')]
const ENTRIES = [entry('2026-11-26T11:00:00Z'), entry('2026-11-26T10:00:00Z')]

it('tells both in order, the newest first, whatever the digits of their seconds', () => {
  expect(storyOf(NOTES, ENTRIES, false).map(({ at }) => at)).toEqual([
    '2026-11-26T12:00:00Z',
    '2026-11-26T11:00:00Z',
    '2026-11-26T10:00:00.5Z',
    '2026-11-26T10:00:00Z',
    '2026-11-26T08:00:00Z',
  ])
})

it('does not tell of what lies before entries that are not loaded', () => {
  expect(storyOf(NOTES, ENTRIES, true).map(({ at }) => at)).not.toContain('2026-11-26T08:00:00Z')
})

it('needs neither', () => {
  expect(storyOf([], [], false)).toEqual([])
  expect(storyOf(NOTES, [], true)).toHaveLength(3)
})
