import { expect, it } from 'vitest'
import { parseExact, printExact } from './exact-json'

const again = (text: string) => printExact(parseExact(text)).replace(/\s+/g, '')

it('keeps numbers that JavaScript would round', () => {
  expect(again('{"id":9223372036854775807,"gid":1210000000000005}')).toBe('{"id":9223372036854775807,"gid":1210000000000005}')
  expect(again('[1.10,1e400,-0,-9007199254740993]')).toBe('[1.10,1e400,-0,-9007199254740993]')
})

it('leaves digits within strings alone', () => {
  const text = '{"a":"say \\"9223372036854775807\\"","9223372036854775807":"\\\\"}'
  expect(JSON.stringify(parseExact(text))).toBe(text)
})

it('leaves ordinary numbers numbers', () => {
  expect(parseExact('[0,-1.5,200]')).toEqual([0, -1.5, 200])
})

it('reads what JSON reads, and nothing else', () => {
  const text = '{"a":[1,{"b":null,"c":[]},true],"__proto__":{"x":"\\u00fc"}}'
  expect(JSON.stringify(parseExact(text))).toBe(JSON.stringify(JSON.parse(text)))
  for (const wrong of ['', '{"a":1', '[1,]', 'nothing', '<html>']) expect(() => parseExact(wrong)).toThrow(SyntaxError)
})
