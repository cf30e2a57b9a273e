import { describe, expect, it } from 'vitest'
import { WrittenTimes, trimmed, withLimit } from './statement'

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

it('keeps what is not the end', () => {
  expect(trimmed("\n select ';' ; ; ")).toBe("select ';'")
})

describe('the chosen time', () => {
  const EARLIER = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') }
  const earlier = "p_occurs_after('2026-01-01T00:00:00.000Z') and p_occurs_before('2026-01-02T00:00:00.000Z')"
  const chosen = "p_occurs_after('2026-11-25T00:00:00.000Z') and p_occurs_before('2026-11-26T00:00:00.000Z')"
  const byHand = "p_occurs_after('2026-09-01') and p_occurs_before('2026-09-03')"
  const times = () => {
    const written = new WrittenTimes()
    written.remember(EARLIER)
    return written
  }

  it('goes where the console has written one, however the line is broken', () => {
    const written = times()
    for (const sql of [`select 1 from a where ${earlier} and b = '$1'`, `select 1 from a where ${earlier.replace(' and', ' -- why\n  AND')} and b = '$1'`]) {
      expect(written.timeOf(sql)).toBe('page')
      expect(written.withRange(sql, SPAN)).toBe(`select 1 from a where ${chosen} and b = '$1'`)
    }
  })

  it('follows from one run to the next', () => {
    const written = times()
    const once = written.withRange(`select 1 from a where ${earlier}`, SPAN)
    expect(written.withRange(once, EARLIER)).toBe(`select 1 from a where ${earlier}`)
  })

  it.each([
    ['a time written by hand', `select 1 from a where ${byHand}`, 'statement'],
    ['one of which an end was changed', `select 1 from a where ${earlier.replace('01-02', '01-03')}`, 'statement'],
    ['one of another form', "select 1 from a where p_occurs_since('1 d')", 'statement'],
    ['a comment', `select 1 from a where ${byHand} -- ${earlier}`, 'statement'],
    ['a text', `select 1 from a where b = '${earlier.replaceAll("'", "''")}'`, 'statement'],
    ['two of the same', `select 1 from a where ${earlier} union all select 1 from b where ${earlier}`, 'several'],
    ['one beside one written by hand', `select 1 from a where ${earlier} union all select 1 from b where p_occurs_since('1 d')`, 'several'],
  ])('leaves %s as it is', (_, sql, expected) => {
    const written = times()
    expect(written.timeOf(sql)).toBe(expected)
    expect(written.withRange(sql, SPAN)).toBe(sql)
  })
})
