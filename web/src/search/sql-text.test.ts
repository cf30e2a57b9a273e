import { describe, expect, it } from 'vitest'
import { isNumber, likePattern, name, number, path, patternText, text, tokens, unlikePattern, unpatternText } from './sql-text'

describe('text', () => {
  it.each([
    ["it's", "'it''s'"],
    ["'; drop table asana_audit; --", "'''; drop table asana_audit; --'"],
    ['back\\slash', "'back\\slash'"],
    ["\\' or 1=1", "'\\'' or 1=1'"],
    ['', "''"],
    ['two\nlines 🚀', "'two\nlines 🚀'"],
  ])('%j', (value, expected) => {
    expect(text(value)).toBe(expected)
    // However odd it is, it stays one token.
    expect(tokens(text(value)).map(({ kind }) => kind)).toEqual(['text'])
  })
})

describe('name', () => {
  it.each([
    ['event_type', 'event_type'],
    ['userName', '"userName"'],
    ['order', '"order"'],
    ['a b', '"a b"'],
    ['a"b', '"a""b"'],
    ['1st', '"1st"'],
    ['x; drop table y', '"x; drop table y"'],
  ])('%j', (segment, expected) => {
    expect(name(segment)).toBe(expected)
  })

  it('of a path is quoted part by part', () => {
    expect(path(['actor', 'eMail'])).toBe('actor."eMail"')
  })
})

describe('number', () => {
  it.each(['0', '-5', '9007199254740993', '1.50', '.5', '1e3', ' 7 '])('takes %s', (value) => {
    expect(number(value)).toBe(value.trim())
  })

  it.each(['', '1 or 1=1', '0x10', 'NaN', '1;2', "1'", '--1'])('refuses %j', (value) => {
    expect(isNumber(value)).toBe(false)
    expect(() => number(value)).toThrow(RangeError)
  })
})

describe('likePattern', () => {
  it.each(['100%', 'a_b', 'c:\\dir', 'plain', '\\%'])('of %j can be read back', (value) => {
    expect(unlikePattern(likePattern(value))).toBe(value)
  })

  it('is not what somebody wrote with wildcards', () => {
    expect(unlikePattern('a%b')).toBeUndefined()
  })
})

it('tokens put together are the statement', () => {
  const sql = `select "a b", 'x''y' -- why\n from t /* not; this */ where n >= 1.5e3 and ü ~ $1;`
  expect(tokens(sql).map(({ source }) => source).join('')).toBe(sql)
  expect(tokens("'open").map(({ kind }) => kind)).toEqual(['stray', 'word'])
})

it.each(['10.0', 'a+b', '(x|y)', '[1]', '\\d', '^$', 'a-b_c', 'two words'])('an expression of %j can be read back', (value) => {
  expect(new RegExp(`^${patternText(value)}$`).test(value)).toBe(true)
  expect(unpatternText(patternText(value))).toBe(value)
})

it('an expression of its own is not read back', () => {
  for (const pattern of ['a.c', '\\d+', 'a$']) expect(unpatternText(pattern)).toBeUndefined()
})
