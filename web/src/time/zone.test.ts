import { describe, expect, it } from 'vitest'
import { formatInstant, formatWithOffset, hasOneOffset, instantOf, isZone, offsetLabel, zoneLabel } from './zone'

const at = (text: string) => new Date(text)
const wall = (text: string) => {
  const [year, month, day, hour, minute] = text.split(/\D/).map(Number) as [number, number, number, number, number]
  return { year, month, day, hour, minute, second: 0 }
}

describe('formatInstant', () => {
  it.each([
    ['2026-11-23T23:59:59.773Z', 'UTC', '2026-11-23 23:59:59.773'],
    ['2026-11-23T23:59:59.773Z', 'Asia/Kolkata', '2026-11-24 05:29:59.773'],
    ['2026-07-01T04:00:00.000Z', 'America/New_York', '2026-07-01 00:00:00.000'],
    ['2026-01-01T00:00:00.001Z', 'UTC', '2026-01-01 00:00:00.001'],
  ])('%s in %s is %s', (text, zone, expected) => {
    expect(formatInstant(at(text), zone, 'millisecond')).toBe(expected)
  })

  it('shows less when asked', () => {
    expect(formatInstant(at('2026-11-23T23:59:59Z'), 'UTC', 'minute')).toBe('2026-11-23 23:59')
  })
})

describe('offsets', () => {
  it.each([
    ['2026-01-15T12:00:00Z', 'UTC', 'UTC'],
    ['2026-01-15T12:00:00Z', 'Asia/Kolkata', 'UTC+05:30'],
    ['2026-01-15T12:00:00Z', 'America/New_York', 'UTC−05:00'],
    ['2026-07-15T12:00:00Z', 'America/New_York', 'UTC−04:00'],
  ])('at %s, %s is %s', (text, zone, expected) => {
    expect(offsetLabel(at(text), zone)).toBe(expected)
  })

  it('go with a copied time', () => {
    expect(formatWithOffset(at('2026-01-15T12:00:00Z'), 'America/New_York')).toBe('2026-01-15T07:00:00.000-05:00')
    expect(formatWithOffset(at('2026-01-15T12:00:00Z'), 'UTC')).toBe('2026-01-15T12:00:00.000Z')
  })
})

describe('offsets over a span', () => {
  it.each([
    ['a summer', '2026-04-01T00:00:00Z', '2026-10-01T00:00:00Z', 'Europe/Berlin', 'UTC+02:00'],
    ['the hour before the change', '2026-10-25T00:00:00Z', '2026-10-25T00:59:59.999Z', 'Europe/Berlin', 'UTC+02:00'],
    ['the night of the change', '2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z', 'Europe/Berlin', 'Europe/Berlin'],
    ['a year that begins and ends in winter', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z', 'Europe/Berlin', 'Europe/Berlin'],
    ['a month of other clocks', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z', 'Africa/Casablanca', 'Africa/Casablanca'],
    ['a year without a change', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z', 'Asia/Kolkata', 'UTC+05:30'],
    ['an instant', '2026-07-01T00:00:00Z', '2026-07-01T00:00:00Z', 'America/New_York', 'UTC−04:00'],
  ])('%s', (_, from, to, zone, expected) => {
    expect(zoneLabel(at(from), at(to), zone)).toBe(expected)
    expect(hasOneOffset(at(from), at(to), zone)).toBe(expected.startsWith('UTC'))
  })
})

describe('instantOf', () => {
  it.each([
    ['an ordinary time', '2026-01-15 07:00', '2026-01-15T12:00:00.000Z'],
    ['the hour that clocks skip is the one after', '2026-03-08 02:30', '2026-03-08T07:30:00.000Z'],
    ['the hour that they show twice is the first', '2026-11-01 01:30', '2026-11-01T05:30:00.000Z'],
  ])('%s', (_, text, expected) => {
    expect(instantOf(wall(text), 'America/New_York').toISOString()).toBe(expected)
  })
})

it('knows which zones there are', () => {
  expect(isZone('Europe/Berlin')).toBe(true)
  expect(isZone('Mars/Olympus')).toBe(false)
})
