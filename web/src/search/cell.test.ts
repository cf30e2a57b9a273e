import { describe, expect, it } from 'vitest'
import { cellText, copiedText, csvRecord, jsonRecord, listItems, offsetText, offsetsOf } from './cell'

describe('cellText', () => {
  it.each([
    ['an id', '1210000000000005', 'text', '1210000000000005'],
    ['a 64-bit number', '9223372036854775807', 'integer', '9223372036854775807'],
    ['a decimal', '2.50', 'decimal', '2.50'],
    ['a number that is none', 'NaN', 'float', 'NaN'],
    ['truth', false, 'boolean', 'false'],
    ['nothing', null, 'text', ''],
    ['a time', '2026-11-25T18:30:00.005Z', 'timestamp', '2026-11-26 00:00:00.005'],
    ['a finer time', '2026-11-25T18:30:00.005123Z', 'timestamp', '2026-11-26 00:00:00.005123'],
    ['a time beyond our calendar', '+999999-01-01T00:00:00Z', 'timestamp', '+999999-01-01T00:00:00Z'],
    ['a list', '["a","b"]', 'json', 'a, b'],
    ['a list of big numbers', '[9007199254740993]', 'json', '9007199254740993'],
    ['a struct', '{"a":1}', 'json', '{"a":1}'],
    ['lines', 'a\n\tb', 'text', 'a b'],
    ['markup', '<img src=x onerror=alert(1)>', 'text', '<img src=x onerror=alert(1)>'],
  ])('%s', (_, value, type, expected) => {
    expect(cellText(value, type, 'Asia/Kolkata')).toBe(expected)
  })

  it('cuts what is long', () => {
    expect(cellText('x'.repeat(1_000), 'text', 'UTC')).toHaveLength(301)
  })
})

it('a copied time carries its offset', () => {
  expect(copiedText('2026-11-25T18:30:00.005123Z', 'timestamp', 'Asia/Kolkata')).toBe('2026-11-26T00:00:00.005123+05:30')
  expect(copiedText('2026-11-25T18:30:00.005Z', 'timestamp', 'UTC')).toBe('2026-11-25T18:30:00.005Z')
})

it('only lists of plain values have items', () => {
  expect(listItems('[1,"a",null]')).toEqual(['1', 'a', 'null'])
  expect(listItems('[{"a":1}]')).toBeUndefined()
  expect(listItems('[not json')).toBeUndefined()
})

it('CSV quotes what has to be quoted', () => {
  expect(csvRecord(['a', 'b,c', 'd"e', 'f\ng', ''])).toBe('a,"b,c","d""e","f\ng",')
})

describe('CSV has no formulas', () => {
  it.each([
    ['=HYPERLINK("https://a.example";"b")', `"'=HYPERLINK(""https://a.example"";""b"")"`],
    ['+49 30 1234', "'+49 30 1234"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['-12.50', '-12.50'],
    ['-1e-7', '-1e-7'],
    ['a=b', 'a=b'],
    ['2026-11-25T18:30:00.005Z', '2026-11-25T18:30:00.005Z'],
  ])('%j', (field, expected) => {
    expect(csvRecord([field])).toBe(expected)
  })
})

it('JSON keeps digits and nested values', () => {
  const columns = [
    { name: 'n', type: 'integer' },
    { name: 'j', type: 'json' },
    { name: 't', type: 'timestamp' },
    { name: 'x"y', type: 'text' },
  ]
  expect(jsonRecord(columns, ['9223372036854775807', '{"a":9007199254740993}', '2026-11-25T18:30:00.000Z', null], 'UTC')).toBe(
    '{"n":9223372036854775807,"j":{"a":9007199254740993},"t":"2026-11-25T18:30:00.000Z","x\\"y":null}',
  )
})

it('times tell their offset once, unless the clocks were changed among them', () => {
  const rows = [['2026-10-25T02:00:00.000Z'], ['2026-10-24T23:30:00.000Z'], [null], ['a word']]
  expect(offsetsOf(rows, 0, 'Europe/Berlin')).toEqual({ above: 'Europe/Berlin', isInCells: true })
  expect(rows.map(([value]) => offsetText(value, 'Europe/Berlin'))).toEqual(['UTC+01:00', 'UTC+02:00', '', ''])
  expect(offsetsOf(rows, 0, 'Asia/Kolkata')).toEqual({ above: 'UTC+05:30', isInCells: false })
  expect(offsetsOf([['2026-07-01T00:00:00.000Z']], 0, 'Europe/Berlin')).toEqual({ above: 'UTC+02:00', isInCells: false })
  expect(offsetsOf([[null]], 0, 'UTC')).toBeUndefined()
})
