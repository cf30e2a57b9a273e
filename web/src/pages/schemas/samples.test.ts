import { expect, it } from 'vitest'
import { NO_SAMPLES, SAMPLES_BYTES_MAX, headOf, lineCount, lineSpan, sampleProblem, streamTypeOf } from './samples'

const bytes = (text: string) => new TextEncoder().encode(text)

it('names the array within a document only for arrays', () => {
  expect(streamTypeOf({ ...NO_SAMPLES, streamType: 'JsonArray', arrayPath: ' data.items ' })).toBe('JsonArray:data.items')
  expect(streamTypeOf({ ...NO_SAMPLES, streamType: 'JsonArray' })).toBe('JsonArray')
  expect(streamTypeOf({ ...NO_SAMPLES, streamType: 'CSV', arrayPath: 'left over' })).toBe('CSV')
})

it('says what is wrong before anything is sent', () => {
  expect(sampleProblem({ ...NO_SAMPLES, text: ' \n' }, 'test')).toMatch(/Paste/)
  expect(sampleProblem({ ...NO_SAMPLES, text: 'a'.repeat(SAMPLES_BYTES_MAX) }, 'test')).toBeUndefined()
  expect(sampleProblem({ ...NO_SAMPLES, text: `${'a'.repeat(SAMPLES_BYTES_MAX - 1)}é` }, 'test')).toMatch(/1 MiB/)
  expect(sampleProblem({ ...NO_SAMPLES, text: 'a,b', streamType: 'CSV' }, 'infer')).toMatch(/JSON objects/)
  expect(sampleProblem({ ...NO_SAMPLES, text: 'a,b', streamType: 'CSV' }, 'test')).toBeUndefined()
})

it('counts lines that have something', () => {
  expect(lineCount('a\n\n b\n')).toBe(2)
})

it('finds a line, and the last one for a line that is not there', () => {
  const at = (line: number) => {
    const text = 'one\ntwo\n\nfour'
    const { from, to } = lineSpan(text, line)
    return text.slice(from, to)
  }
  expect([1, 2, 3, 4, 9].map(at)).toEqual(['one', 'two', '', 'four', 'four'])
})

it('takes the whole lines of a file that is too long', () => {
  expect(headOf(bytes('a\nb\nhal'), 1_000)).toEqual({ text: 'a\nb\n', isCut: true })
  expect(headOf(bytes('a\nb\nc'), 5)).toEqual({ text: 'a\nb\nc', isCut: false })
})

it('takes no file that is not text, nor one long line', () => {
  expect(headOf(bytes('x'.repeat(9)), 1_000)).toBeUndefined()
  expect(headOf(new Uint8Array([0x1f, 0x8b, 0x08]), 3)).toBeUndefined()
  expect(headOf(bytes('a\u0000b'), 3)).toBeUndefined()
})

it('does not cut a character in two', () => {
  const cut = bytes('é\né').subarray(0, 4)
  expect(headOf(cut, 1_000)).toEqual({ text: 'é\n', isCut: true })
})
