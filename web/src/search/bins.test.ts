import { describe, expect, it } from 'vitest'
import { binsOf, seriesOf } from './bins'

const at = (text: string) => new Date(text)
const span = (from: string, to: string) => ({ from: at(from), to: at(to) })

describe('binsOf', () => {
  it.each([
    ['a day', span('2026-11-25T16:19:11Z', '2026-11-26T16:19:11Z'), 15 * 60_000],
    ['an hour', span('2026-11-25T16:00:00Z', '2026-11-25T17:00:00Z'), 30_000],
    ['90 days', span('2026-08-28T00:00:00Z', '2026-11-26T00:00:00Z'), 86_400_000],
    ['a second', span('2026-11-25T16:00:00Z', '2026-11-25T16:00:01Z'), 10],
    ['ten years', span('2016-11-25T00:00:00Z', '2026-11-25T00:00:00Z'), 91 * 86_400_000],
  ])('%s is at most 120 bars of a round length, and exactly the range', (_, range, stepMs) => {
    const bins = binsOf(range, 'UTC')
    expect(bins.stepMs).toBe(stepMs)
    expect(bins.at.length).toBeLessThanOrEqual(120)
    expect(bins.at[0]).toEqual(range.from)
    expect(bins.until).toEqual(range.to)
    for (const begin of bins.at.slice(1)) expect((begin.getTime() - bins.origin.getTime()) % stepMs).toBe(0)
    expect(range.to.getTime() - (bins.at.at(-1)?.getTime() ?? 0)).toBeLessThanOrEqual(stepMs)
  })

  it('days begin at midnight in the zone', () => {
    const bins = binsOf(span('2026-11-01T00:00:00Z', '2026-11-26T00:00:00Z'), 'Asia/Kolkata')
    expect(bins.at[1]?.toISOString()).toMatch(/T(00|06|12|18):30:00/)
  })
})

describe('seriesOf', () => {
  const bins = binsOf(span('2026-11-26T00:20:00Z', '2026-11-26T00:22:00Z'), 'UTC')

  it('puts counts where they belong, also in a first bar that is cut', () => {
    const day = binsOf(span('2026-11-25T16:19:11Z', '2026-11-26T16:19:11Z'), 'UTC')
    const [events] = seriesOf(day, [{ bar: '2026-11-25T16:15:00Z', part: 'a', count: 3 }, { bar: '2026-11-26T16:15:00Z', part: 'a', count: 4 }], 'f')
    expect([events?.values[0], events?.values.at(-1)]).toEqual([3, 4])
  })

  it('shows the most frequent, and the rest as one', () => {
    const counts = Array.from({ length: 9 }, (_, index) => ({ bar: '2026-11-26T00:20:00Z', part: `p${index}`, count: index + 1 }))
    const series = seriesOf(bins, counts, 'g')
    expect(series.map(({ label }) => label)).toEqual(['p8', 'p7', 'p6', 'p5', 'p4', 'p3', 'Other'])
    expect(series.at(-1)?.values[0]).toBe(1 + 2 + 3)
    expect(series.map(({ color }) => color)).toEqual(['1', '2', '3', '4', '5', '6', 'other'])
  })

  it('the rest that was counted as one is no value, even beside a value of that name', () => {
    const bar = '2026-11-26T00:20:00Z'
    const series = seriesOf(bins, [{ bar, part: 'Other', count: 9 }, { bar, part: null, count: 2 }, { bar, part: null, isRest: true, count: 70 }], 'r')
    expect(series.map(({ label, values, color }) => [label, values[0], color])).toEqual([['Other', 9, '1'], ['no value', 2, '2'], ['Other', 70, 'other']])
  })

  it('a value keeps its colour', () => {
    const count = (part: string, number: number) => ({ bar: '2026-11-26T00:20:00Z', part, count: number })
    const before = seriesOf(bins, [count('a', 9), count('b', 1)], 'h')
    const after = seriesOf(bins, [count('c', 9), count('b', 5)], 'h')
    const color = (series: typeof before, label: string) => series.find((one) => one.label === label)?.color
    expect(color(after, 'b')).toBe(color(before, 'b'))
    expect(color(after, 'c')).not.toBe(color(after, 'b'))
  })
})
