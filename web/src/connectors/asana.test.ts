import { describe, expect, it } from 'vitest'
import { cleanToken, readOrganizationId, tokenProblem } from './asana'

describe('readOrganizationId', () => {
  it.each([
    ['1201234567890123', { kind: 'ok', id: '1201234567890123' }],
    ['  1201234567890123\n', { kind: 'ok', id: '1201234567890123' }],
    ['', { kind: 'missing' }],
    ['https://app.asana.com/admin/1201234567890123/settings', { kind: 'suggestion', id: '1201234567890123' }],
    ['Domain ID: 1201234567890123', { kind: 'suggestion', id: '1201234567890123' }],
    ['https://app.asana.com/0/1201234567890123/1209999999999999', { kind: 'wrong' }],
    ['1234', { kind: 'wrong' }],
    ['123456789012345678901', { kind: 'wrong' }],
    ['acme', { kind: 'wrong' }],
  ])('%s', (typed, expected) => {
    expect(readOrganizationId(typed)).toEqual(expected)
  })
})

describe('tokens', () => {
  it('lose what is pasted along with them', () => {
    expect(cleanToken('  Bearer 2/1201/abc\n')).toBe('2/1201/abc')
  })

  it.each([
    ['', 'Paste'],
    ['one two', 'no spaces'],
    ['1201234567890123', 'Organization Id'],
    ['ann@example.com', 'email'],
  ])('%s is no token', (token, part) => {
    expect(tokenProblem(token, '1201234567890123')).toContain(part)
  })

  it.each(['2/1201/1202:abcdef', '1/xyz', 'simulated-token'])('%s may be one', (token) => {
    expect(tokenProblem(token, '1201234567890123')).toBeUndefined()
  })
})
