import { describe, expect, it } from 'vitest'
import { type Filter, filterError, parseCidr, readQuery, withFilter, writeQuery } from './filter'

const is = (field: string, value: string, more: Partial<Filter> = {}): Filter => ({ field, operator: 'is', values: [value], ...more })

describe('a query in the URL', () => {
  it('can be read by people', () => {
    const filters = [is('event_type', 'user_login_failed'), is('actor.email', 'a', { operator: 'in', values: ['a', 'b'], isInverted: true, isPaused: true })]
    expect(writeQuery({ table: 'asana_audit', filters })).toBe('asana_audit: event_type is "user_login_failed" and off not actor.email in ["a", "b"]')
    expect(writeQuery({ table: 'asana_audit', filters: [] })).toBe('asana_audit')
  })

  it.each<[string, Filter[]]>([
    ['16-digit ids', [is('gid', '1210000000000005')]],
    ['quotes and keywords in values', [is('a', '" and b is "c'), is('b', "it's"), is('c', ''), is('d', '\\'), is('e', 'x\ny')]],
    ['odd names', [is('a b', '1'), is('a:b', '2'), is('details->"x y"', '3'), is('not', '4'), is('off', '5')]],
    ['every shape', [
      is('a', '', { operator: 'exists', values: [] }),
      is('a', '', { operator: 'in', values: [] }),
      is('a', '', { operator: 'between', values: ['1', '2'], isInverted: true }),
      is('a', '10.0.0.0/8', { operator: 'cidr', isPaused: true }),
      is('a', '5', { operator: '>' }),
    ]],
    ['markup', [is('resource.name', '<img src=x onerror=alert(1)>')]],
  ])('comes back whole: %s', (_, filters) => {
    expect(readQuery(writeQuery({ table: 'margay_views.all_logs', filters }))).toEqual({ table: 'margay_views.all_logs', filters })
  })

  it.each(['', 'asana_audit: ', 'asana_audit: a', 'asana_audit: a is', 'asana_audit: a is b', 'asana_audit: a like "b"', 'asana_audit: a is "b" or c is "d"', 'asana_audit a is "b"', 'a: b in ["c"', '"a"', 'a: b is "c" and'])(
    'is nothing if it is %j',
    (written) => {
      expect(readQuery(written)).toBeUndefined()
    },
  )
})

describe('filterError', () => {
  it.each<[string, Filter, 'text' | 'number' | 'time' | 'struct', boolean]>([
    ['a text', is('f', 'x'), 'text', true],
    ['an empty text is a value too', is('f', ''), 'text', true],
    ['nothing to contain', is('f', '', { operator: 'contains' }), 'text', false],
    ['a number', is('f', '9007199254740993'), 'number', true],
    ['no number', is('f', '1 or 1=1'), 'number', false],
    ['a time', is('f', '2026-11-23 18:00'), 'time', true],
    ['no time', is('f', 'yesterday'), 'time', false],
    ['half of a range', is('f', '1', { operator: 'between' }), 'number', false],
    ['a network', is('f', '10.0.0.0/8', { operator: 'cidr' }), 'text', true],
    ['no network', is('f', '10.0.0.0/33', { operator: 'cidr' }), 'text', false],
    ['a struct has no value', is('f', 'x'), 'struct', false],
    ['a struct exists', is('f', '', { operator: 'exists', values: [] }), 'struct', true],
  ])('%s', (_, filter, kind, isFine) => {
    expect(filterError(filter, { name: 'f', sql: 'f', kind }) === undefined).toBe(isFine)
  })

  it('names a field that is not there', () => {
    expect(filterError(is('gone', 'x'), undefined)).toContain('gone')
  })
})

it('parses networks', () => {
  expect(parseCidr('192.168.16.0/20')).toEqual({ octets: [192, 168, 16, 0], bits: 20 })
  for (const wrong of ['192.168.16.0', '256.0.0.0/8', '::/0', '1.2.3/8', '1.2.3.4/-1']) expect(parseCidr(wrong)).toBeUndefined()
})

it('filters out what was filtered for, once', () => {
  const [one, other] = [is('a', '1'), is('b', '2')]
  expect(withFilter([one, other], { ...one, isInverted: true })).toEqual([other, { ...one, isInverted: true }])
  expect(withFilter([{ ...one, isPaused: true }], one)).toEqual([one])
})
