import { describe, expect, it } from 'vitest'
import { filled, stacked, stepMinutes, ticks, timeTicks } from './scale'

const NOW = new Date('2026-11-26T12:00:00Z')
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)

describe('stepMinutes', () => {
  it.each([
    ['an hour', 60, 5],
    ['a day', 1440, 15],
    ['a week', 7 * 1440, 120],
    ['30 days, of which the server has hours', 30 * 1440, 360],
    ['90 days', 90 * 1440, 1440],
  ])('%s', (_, minutes, expected) => {
    expect(stepMinutes({ from: ago(minutes), to: NOW }, NOW)).toBe(expected)
  })

  it('asks for no five minutes of what is long ago', () => {
    expect(stepMinutes({ from: ago(20 * 1440), to: ago(20 * 1440 - 60) }, NOW)).toBe(60)
  })
})

describe('filled', () => {
  it('puts an empty step where nothing flowed', () => {
    const items = [{ at: '2026-11-26T11:00:00Z', events: 3 }]
    const steps = filled(items, ago(120), NOW, 60, (at) => ({ at, events: 0 }))
    expect(steps.map((step) => step.events)).toEqual([0, 3])
  })
})

describe('ticks', () => {
  it.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [97, [0, 25, 50, 75, 100]],
    [20309, [0, 10000, 20000, 30000]],
  ])('%d', (highest, expected) => {
    expect(ticks(highest)).toEqual(expected)
  })
})

describe('timeTicks', () => {
  it('are round in the zone', () => {
    const labels = timeTicks({ from: ago(360), to: NOW }, 8, 'Asia/Kolkata').map((tick) => tick.label)
    expect(labels).toEqual(['12:00', '13:00', '14:00', '15:00', '16:00', '17:00'])
  })

  it('name days at midnight', () => {
    const labels = timeTicks({ from: ago(1440), to: NOW }, 5, 'UTC').map((tick) => tick.label)
    expect(labels).toEqual(['12:00', '18:00', '11-26', '06:00'])
  })

  it('stay on the hour when clocks change', () => {
    const from = new Date('2026-11-01T04:00:00Z')
    const labels = timeTicks({ from, to: new Date('2026-11-01T16:00:00Z') }, 6, 'America/New_York').map((tick) => tick.label)
    expect(labels).toEqual(['11-01', '02:00', '04:00', '06:00', '08:00', '10:00'])
  })
})

it('stacks', () => {
  expect(stacked([[1, 2], [3, 0]])).toEqual([
    [
      [0, 1],
      [0, 2],
    ],
    [
      [1, 4],
      [2, 2],
    ],
  ])
})
