import { expect, it } from 'vitest'
import { folded, lineDiff } from './line-diff'

const MARKS = { same: ' ', removed: '-', added: '+' }

/** As `diff` writes it: each line with its mark and number, blanks between. */
function diff(before: string, after: string): string {
  return lineDiff(before.replaceAll(' ', '\n'), after.replaceAll(' ', '\n'))
    .map(({ kind, text, number }) => `${MARKS[kind]}${number}${text}`)
    .join(' ')
}

it('keeps what both have', () => {
  expect(diff('a b c', 'a b c')).toBe(' 1a  2b  3c')
})

it('shows what was removed before what was added', () => {
  expect(diff('a b c', 'a x c')).toBe(' 1a -2b +2x  3c')
  expect(diff('a c', 'a b c')).toBe(' 1a +2b  3c')
  expect(diff('a b c', 'a c')).toBe(' 1a -2b  2c')
})

it('finds the fewest changes', () => {
  expect(diff('a b c d e', 'x b c e f')).toBe('-1a +1x  2b  3c -4d  4e +5f')
})

it('counts repeated lines once each', () => {
  expect(diff('a a', 'a')).toBe(' 1a -2a')
  expect(diff('a', 'a a')).toBe(' 1a +2a')
})

it('takes an empty text for one empty line', () => {
  expect(diff('', 'a')).toBe('-1 +1a')
})

it('gives up finding what is common in texts that are too long', () => {
  const long = (mark: string) => Array.from({ length: 2_100 }, (_, index) => `${mark}${index}`).join('\n')
  const kinds = lineDiff(`${long('a')}\nsame\nx`, `${long('b')}\nsame\ny`).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'removed')).toHaveLength(2_102)
  expect(kinds.filter((kind) => kind === 'added')).toHaveLength(2_102)
})

it('leaves out what is far from a change', () => {
  const text = Array.from({ length: 10 }, (_, index) => `l${index}`)
  const changed = text.with(5, 'new')
  const kinds = folded(lineDiff(text.join('\n'), changed.join('\n')), 1).map((line) => (line.kind === 'gap' ? line.count : line.text))
  expect(kinds).toEqual([4, 'l4', 'l5', 'new', 'l6', 3])
})
