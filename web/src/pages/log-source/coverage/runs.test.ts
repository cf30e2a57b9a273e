import { expect, it } from 'vitest'
import type { Coverage, Stretch, StretchState } from '../../../api/coverage'
import { labels, placed, runsOf, spanOf, summary } from './runs'

const HOUR_MS = 3_600_000
const BEGIN = Date.parse('2026-11-01T00:00:00Z')

/** Stretches one after the other: state and hours. */
function stretches(...parts: Array<[StretchState, number]>): Stretch[] {
  let at = BEGIN
  return parts.map(([state, hours]) => {
    const from = new Date(at).toISOString()
    at += hours * HOUR_MS
    return { from, to: new Date(at).toISOString(), state }
  })
}

function place(width: number, least: number, ...parts: Array<[StretchState, number]>) {
  const runs = runsOf(stretches(...parts))
  return placed(runs, spanOf(runs)!, width, least).map(({ state, x, width: wide }) => [state, Math.round(x), Math.round(wide)])
}

it('puts together what touches and stands the same', () => {
  const runs = runsOf(stretches(['complete', 2], ['complete', 3], ['hole', 1], ['complete', 1]))
  expect(runs.map(({ state, from, to }) => [state, (to.getTime() - from.getTime()) / HOUR_MS])).toEqual([
    ['complete', 5],
    ['hole', 1],
    ['complete', 1],
  ])
})

it('does not put together what does not touch', () => {
  const [one, , other] = stretches(['complete', 1], ['hole', 1], ['complete', 1])
  expect(runsOf([one!, other!])).toHaveLength(2)
})

it('places holes by time', () => {
  expect(place(100, 2, ['complete', 50], ['hole', 30], ['complete', 20])).toEqual([['hole', 50, 30]])
})

it('makes a short hole wide enough to be seen, within the line', () => {
  expect(place(100, 3, ['complete', 999], ['hole', 1])).toEqual([['hole', 97, 3]])
  expect(place(100, 3, ['hole', 1], ['complete', 999])).toEqual([['hole', 0, 3]])
})

it('makes one of what overlaps, of the graver state', () => {
  expect(place(100, 4, ['complete', 500], ['to_be_read', 1], ['complete', 1], ['lost', 1], ['hole', 1], ['complete', 496])).toEqual([['lost', 50, 4]])
})

it('names what it can without covering another name', () => {
  const pieces = [
    { state: 'hole' as const, x: 0, width: 4 },
    { state: 'lost' as const, x: 10, width: 4 },
    { state: 'hole' as const, x: 60, width: 20 },
    { state: 'to_be_read' as const, x: 98, width: 2 },
  ]
  const named = labels(pieces, 100, (word) => word.length * 5)
  expect(named).toEqual([
    { text: 'Hole', x: 10 },
    { text: 'Hole', x: 70 },
  ])
})

it('says in words what is missing', () => {
  const say = (isComplete: boolean, ...parts: Array<[StretchState, number]>) => {
    const all = stretches(...parts)
    return summary({ isComplete, stretches: all } as Coverage, runsOf(all))
  }
  expect(say(false)).toBe('Nothing has been read yet.')
  expect(say(true, ['complete', 5])).toBe('Everything is here: no hole, nothing lost.')
  expect(say(false, ['hole', 3], ['complete', 5], ['to_be_read', 72], ['complete', 1], ['hole', 1])).toBe('2 holes (4 h), 1 stretch to be read (3 days).')
  expect(say(false, ['lost', 1], ['complete', 1], ['lost', 1])).toBe('2 stretches lost (2 h).')
})
