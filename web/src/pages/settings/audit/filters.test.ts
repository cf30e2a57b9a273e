import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from '../../../search-params'
import { filterOf, isNarrowed, rangeOf, readSearch } from './filters'

const NOW = new Date('2026-11-26T12:00:42.123Z')

describe('the URL', () => {
  it('goes there and back, ids as they are', () => {
    const search = { actor: '1201234567890123', action: 'pause_log_source', object: 'log_source:0189-a&b', outcome: 'failed', from: 'now-1d', to: 'now', entry: '9' }
    expect(readSearch(parseSearch(stringifySearch(search)))).toEqual(search)
  })

  it('is taken only as far as it is known', () => {
    expect(readSearch({ outcome: 'maybe', other: 'x', actor: '', action: 7 })).toEqual({})
  })
})

describe('what the API is asked', () => {
  it('is the last week unless the URL says otherwise, to now without an end, in whole minutes', () => {
    expect(filterOf({}, NOW, 'UTC')).toEqual({ since: '2026-11-19T12:00:00.000Z' })
  })

  it('has an end if the range has one, by the clocks of the zone', () => {
    expect(filterOf({ from: '2026-11-24 00:00', to: '2026-11-25 00:00', outcome: 'failed', actor: 'ann@example.com' }, NOW, 'Asia/Kolkata')).toEqual({
      actor: 'ann@example.com',
      outcome: 'failed',
      since: '2026-11-23T18:30:00.000Z',
      until: '2026-11-24T18:30:00.000Z',
    })
  })

  it.each([
    { from: 'yesterday', to: 'now' },
    { from: 'now', to: 'now-1d' },
  ])('is nothing if the range is none: %j', (range) => {
    expect(filterOf(range, NOW, 'UTC')).toBeUndefined()
  })
})

it('a range alone does not narrow', () => {
  expect(isNarrowed({ from: 'now-1d' })).toBe(false)
  expect(isNarrowed({ object: 'log_source' })).toBe(true)
  expect(rangeOf({ from: 'now-1d' })).toEqual({ from: 'now-1d', to: 'now' })
})
