import { describe, expect, it } from 'vitest'
import type { ApiToken } from '../../api/api-token'
import { NEW_TOKEN, type TokenDraft, draftOf, expiresAt, formOf, readNetworks, tokenErrors } from './token-draft'

const NOW = new Date('2026-11-26T12:00:42.123Z')
const GOOD: TokenDraft = { ...NEW_TOKEN, name: 'backup', permissions: ['AlertRead'] }

describe('the end of a token', () => {
  it.each([
    ['30', '', 'UTC', '2026-12-26T12:00:00.000Z'],
    ['90', '', 'UTC', '2027-02-24T12:00:00.000Z'],
    ['never', '', 'UTC', null],
    ['kept', '', 'UTC', '2026-12-01T00:00:00Z'],
    ['date', '2026-12-31', 'UTC', '2027-01-01T00:00:00.000Z'],
    ['date', '2026-12-31', 'Asia/Kolkata', '2026-12-31T18:30:00.000Z'],
    // The day on which clocks in New York are set back has 25 hours.
    ['date', '2026-11-01', 'America/New_York', '2026-11-02T05:00:00.000Z'],
    ['date', '', 'UTC', undefined],
  ] as const)('%s %s in %s', (expiry, date, zone, expected) => {
    expect(expiresAt({ expiry, date }, '2026-12-01T00:00:00Z', NOW, zone)).toBe(expected)
  })
})

describe('networks', () => {
  it('are read however they are written; an address is a network of one', () => {
    expect(readNetworks(' 203.0.113.0/24, 198.51.100.7\n2001:db8::/32 ::1 ')).toEqual({
      networks: ['203.0.113.0/24', '198.51.100.7/32', '2001:db8::/32', '::1/128'],
      wrong: [],
    })
  })

  it.each(['203.0.113.0/33', 'office', '203.0.113.0/24/1', '2001:db8::/129', '10.0.0/8', '203.0.113.0/'])('%s is none', (text) => {
    expect(readNetworks(text)).toEqual({ networks: [], wrong: [text] })
  })
})

describe('what is wrong with a token', () => {
  const errors = (change: Partial<TokenDraft>) => Object.keys(tokenErrors({ ...GOOD, ...change }, null, NOW, 'UTC'))

  it.each([
    [{}, []],
    [{ name: ' ' }, ['name']],
    [{ name: 'n'.repeat(65) }, ['name']],
    [{ name: 'ann@example.com' }, ['name']],
    [{ permissions: [] }, ['permissions']],
    [{ expiry: 'date' as const }, ['date']],
    [{ expiry: 'date' as const, date: '2026-11-25' }, ['date']],
    [{ expiry: 'date' as const, date: '2026-11-26' }, []],
    [{ networks: 'here' }, ['networks']],
    [{ networks: '10.0.0.0/8 '.repeat(101) }, ['networks']],
  ])('%j', (change, expected) => {
    expect(errors(change)).toEqual(expected)
  })
})

it('a token that is not changed stays what it is', () => {
  const token: ApiToken = {
    id: '1',
    name: 'ci',
    permissions: ['AlertRead', 'LogSourceRead'],
    allowedCIDRBlocks: ['10.0.0.0/8', '2001:db8::/32'],
    createdAt: '2026-11-01T00:00:00Z',
    createdBy: 'ann@example.com',
    expiresAt: '2026-12-01T00:00:00.123Z',
  }
  const { name, permissions, allowedCIDRBlocks } = token
  expect(formOf(draftOf(token), token.expiresAt ?? null, NOW, 'UTC')).toEqual({ name, permissions, allowedCIDRBlocks, expiresAt: token.expiresAt })
})
