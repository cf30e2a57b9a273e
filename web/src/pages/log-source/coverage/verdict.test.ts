import { expect, it } from 'vitest'
import type { Audit } from '../../../api/coverage'
import { verdictOf } from './verdict'

function verdict(found: Partial<Audit>): string {
  const { text, tone } = verdictOf({ eventsChecked: 1_000, missing: 0, repaired: 0, different: 0, extra: 0, ...found } as Audit)
  return `${tone}: ${text}`
}

it('says the gravest thing first', () => {
  expect(verdict({})).toBe('ok: None missing')
  expect(verdict({ eventsChecked: 0 })).toBe('quiet: Nothing compared')
  expect(verdict({ missing: 3, repaired: 3 })).toBe('warn: 3 mended')
  expect(verdict({ missing: 3, repaired: 3, extra: 1 })).toBe('warn: 1 extra')
  expect(verdict({ different: 2, extra: 1 })).toBe('warn: 2 different')
  expect(verdict({ missing: 1_500, repaired: 1, different: 2 })).toBe('danger: 1,499 missing')
})
