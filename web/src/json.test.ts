import { describe, expect, it } from 'vitest'
import { parseJson, writeJson } from './json'

describe('parseJson', () => {
  it.each(['{"level":9007199254740993,"rate":2.50,"steps":[1,[],{"to":"Ω"}]}', '18446744073709551615', '"a\\"b"', '{}', '[]', '{"b":1,"a":null,"b2":true}', '-1.5e10'])(
    'loses nothing of %s',
    (source) => {
      const value = parseJson(source)
      expect(value && writeJson(value, false)).toBe(source)
    },
  )

  it.each(['', '{', '[1,]', '{"a"}', '{"a":1}x', "{'a':1}", 'undefined', '01a', '[1 2]'])('refuses %j', (source) => {
    expect(parseJson(source)).toBeUndefined()
  })

  it('refuses what is too deep instead of falling over', () => {
    expect(parseJson('['.repeat(5_000) + ']'.repeat(5_000))).toBeUndefined()
  })

  it('takes a text of a megabyte', () => {
    const long = 'x'.repeat(1 << 20)
    expect(parseJson(JSON.stringify([long]))).toEqual({ kind: 'array', items: [{ kind: 'string', value: long }] })
  })
})

it('is laid out like JSON.stringify does it', () => {
  const source = { a: [1, { b: 'c' }], d: {}, e: [] }
  const value = parseJson(JSON.stringify(source))
  expect(value && writeJson(value)).toBe(JSON.stringify(source, null, 2))
})
