import { describe, expect, it } from 'vitest'
import { describe as named, momentOffset, parseMoment, parsePasted, previous, resolve, shifted, zoomedOut } from './range'

const NOW = new Date('2026-11-26T13:45:30.000Z')

function moment(text: string, edge: 'start' | 'end' = 'start', zone = 'UTC'): string | undefined {
  return parseMoment(text, edge, NOW, zone)?.toISOString()
}

describe('parseMoment', () => {
  it.each([
    ['now', '2026-11-26T13:45:30.000Z'],
    ['now-24h', '2026-11-25T13:45:30.000Z'],
    ['now-7d/d', '2026-11-19T00:00:00.000Z'],
    ['now/w', '2026-11-23T00:00:00.000Z'],
    ['now/h', '2026-11-26T13:00:00.000Z'],
    ['2026-11-23', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23 08:05', '2026-11-23T08:05:00.000Z'],
    ['2026-11-23T08:05:06.7Z', '2026-11-23T08:05:06.700Z'],
    ['2026-11-23 08:05:06,123 +05:30', '2026-11-23T02:35:06.123Z'],
    ['1795651200', '2026-11-26T00:00:00.000Z'],
    ['1795651200000', '2026-11-26T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(moment(text)).toBe(expected)
  })

  it.each(['', 'yesterday', 'now-', 'now-5y', '2026-02-30', '2026-11-23 25:00', '2026-13-01', '1201234567890123'])('%s means none', (text) => {
    expect(moment(text)).toBeUndefined()
  })

  it('rounds the end of a range up', () => {
    expect(moment('now-1d/d', 'end')).toBe('2026-11-26T00:00:00.000Z')
  })

  it('rounds in the zone, on days of 25 hours too', () => {
    expect(moment('2026-11-01', 'start', 'America/New_York')).toBe('2026-11-01T04:00:00.000Z')
    expect(parseMoment('now/d', 'end', new Date('2026-11-01T12:00:00Z'), 'America/New_York')?.toISOString()).toBe('2026-11-02T05:00:00.000Z')
  })
})

describe('resolve', () => {
  it('refuses a range that ends before it begins', () => {
    expect(resolve({ from: 'now', to: 'now-1h' }, NOW, 'UTC')).toBeUndefined()
  })
})

describe('parsePasted', () => {
  it('finds two times in any order', () => {
    expect(parsePasted('to 2026-11-24 10:00 from 2026-11-23T09:00:00Z', 'UTC')).toEqual({
      from: '2026-11-23T09:00:00.000Z',
      to: '2026-11-24T10:00:00.000Z',
    })
  })

  it('leaves one time alone', () => {
    expect(parsePasted('2026-11-24 10:00', 'UTC')).toBeUndefined()
  })
})

describe('moving', () => {
  const span = { from: new Date('2026-11-26T10:00:00Z'), to: new Date('2026-11-26T12:00:00Z') }

  it('shifts by half', () => {
    expect(shifted(span, -1)).toEqual({ from: new Date('2026-11-26T09:00:00Z'), to: new Date('2026-11-26T11:00:00Z') })
  })

  it('zooms out around the middle', () => {
    expect(zoomedOut(span, NOW)).toEqual({ from: new Date('2026-11-26T09:00:00Z'), to: new Date('2026-11-26T13:00:00Z') })
  })

  it('does not zoom into the future', () => {
    const upToNow = { from: new Date('2026-11-26T11:45:30Z'), to: NOW }
    expect(zoomedOut(upToNow, NOW)).toEqual({ from: new Date('2026-11-26T09:45:30Z'), to: NOW })
  })

  it('knows the time before', () => {
    expect(previous(span)).toEqual({ from: new Date('2026-11-26T08:00:00Z'), to: span.from })
  })
})

it('names ranges', () => {
  expect(named({ from: 'now-24h', to: 'now' }, NOW, 'UTC')).toBe('Last 24 hours')
  expect(named({ from: '2026-11-23T09:00:00.000Z', to: '2026-11-24T10:00:00.000Z' }, NOW, 'UTC')).toBe('2026-11-23 09:00 to 2026-11-24 10:00')
})

it('a moment has the offset of its own day', () => {
  const offset = (text: string) => momentOffset(text, 'start', NOW, 'Europe/Berlin')
  expect(['now', '2026-07-01', 'now-90d', 'not a time'].map(offset)).toEqual(['UTC+01:00', 'UTC+02:00', 'UTC+02:00', 'UTC+01:00'])
})
