import { describe, expect, it } from 'vitest'
import { offsetOf, takesRange, trimmed, withLimit, withRange, withoutLimit } from './statement'

const SPAN = { from: new Date('2026-11-25T00:00:00Z'), to: new Date('2026-11-26T00:00:00Z') }

describe('withLimit', () => {
  it.each([
    ['select 1', 'select 1\nlimit 1000'],
    ['select 1 ;\n', 'select 1\nlimit 1000'],
    ['with a as (select 1 limit 5) select * from a', 'with a as (select 1 limit 5) select * from a\nlimit 1000'],
    ['select * from a LIMIT 5', 'select * from a LIMIT 5'],
    ["select 'limit' from a -- limit 5", "select 'limit' from a -- limit 5\nlimit 1000"],
    ['explain select 1', 'explain select 1'],
    ['show tables', 'show tables'],
    ['select "limit" from a', 'select "limit" from a\nlimit 1000'],
  ])('%j', (sql, expected) => {
    expect(withLimit(sql)).toBe(expected)
  })
})

it('takes only the limit at the end away', () => {
  expect(withoutLimit('select * from (select 1 limit 2) limit 50000;')).toBe('select * from (select 1 limit 2)')
  expect(withoutLimit('select * from a limit 5 offset 2')).toBe('select * from a limit 5 offset 2')
  expect(withoutLimit('select 5')).toBe('select 5')
})

it('keeps what is not the end', () => {
  expect(trimmed("\n select ';' ; ; ")).toBe("select ';'")
})

describe('the chosen time', () => {
  const compiled = "select 1 from a where p_occurs_after('2026-01-01T00:00:00.000Z') and p_occurs_before('2026-01-02T00:00:00.000Z') and b = '$1'"
  it('goes where the compiled one was', () => {
    expect(takesRange(compiled)).toBe(true)
    expect(withRange(compiled, SPAN)).toBe(
      "select 1 from a where p_occurs_after('2026-11-25T00:00:00.000Z') and p_occurs_before('2026-11-26T00:00:00.000Z') and b = '$1'",
    )
  })

  it('is none of a statement that sets its own', () => {
    const own = "select 1 from a where p_occurs_since('1 d')"
    expect(takesRange(own)).toBe(false)
    expect(withRange(own, SPAN)).toBe(own)
  })
})

it('finds a place by line and column', () => {
  expect(offsetOf('select\n  bad', 2, 3)).toBe(9)
  expect(offsetOf('select', 1, 99)).toBe(6)
})
