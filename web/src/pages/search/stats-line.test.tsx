// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import type { Query } from '../../api/query'
import { Figures } from './stats-line'
import type { Running } from './use-run'

afterEach(cleanup)

const figures = (mode: 'sql' | 'filters', total: number | undefined, query: Partial<Query>, loaded = 2) => {
  const view = { phase: 'done', rows: Array.from({ length: loaded }, () => []), startedAt: 1, query: { rowCount: loaded, bytes: 0, durationMs: 5, ...query } }
  return render(<Figures running={{ current: { mode }, view } as unknown as Running} total={total} />).container.textContent
}

it.each<[string, ReturnType<typeof figures>, string]>([
  ['a search counts what matches', figures('filters', 60_126, { rowCount: 1_000 }), '60,126 events · 2 loaded · 5 ms'],
  ['before that is known, what was found', figures('filters', undefined, { rowCount: 1_000 }), '2 loaded · 1,000 found · 5 ms'],
  ['a statement counts its own rows, whatever the bars count', figures('sql', 1_022, { rowCount: 5_000 }), '5,000 rows · 2 loaded · 5 ms'],
  ['what was cut says so', figures('sql', undefined, { rowCount: 50_000, cutBy: 'rows' }), '50,000 rows · 2 loaded · cut at 50,000 rows · 5 ms'],
])('%s', (_, text, expected) => {
  expect(text).toBe(expected)
})
