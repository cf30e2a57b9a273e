import { describe, expect, it } from 'vitest'
import { completeSql } from './completion'
import { searchTables } from './table'

const tables = searchTables([
  { database: 'margay_logs', name: 'asana_audit', logType: 'Asana.Audit', columns: [{ name: 'actor', type: 'json' }, { name: 'actor.eMail', type: 'text' }] },
  { database: 'margay_views', name: 'all_logs', columns: [{ name: 'p_event_time', type: 'timestamp' }] },
])

/** What is offered at the bar. */
function offered(written: string): string[] {
  const offset = written.indexOf('|')
  const found = completeSql(tables)(written.replace('|', ''), offset)
  return (found?.options ?? []).map(({ label }) => label)
}

it('offers tables where one belongs', () => {
  expect(offered('select 1 from |')).toEqual(['margay_views.all_logs', 'asana_audit'])
  expect(offered('select 1 from asana_audit join m|')).toContain('margay_views.all_logs')
})

it('offers columns of the tables that are named, as SQL writes them, and what can be called', () => {
  expect(offered('select | from asana_audit')).toEqual(expect.arrayContaining(['actor', 'actor."eMail"', 'p_occurs_since', 'json_get_text', 'where']))
  expect(offered('select | from asana_audit')).not.toContain('p_event_time')
  expect(offered('select |')).toContain('p_event_time')
})

it('begins where the word does', () => {
  const sql = 'select actor.e'
  expect(completeSql(tables)(sql, sql.length)?.from).toBe('select '.length)
})

describe('offers nothing', () => {
  it.each(["select 'a |", 'select 1 -- from |', 'select 1 /* from |'])('within %s', (written) => {
    expect(offered(written)).toEqual([])
  })

  it('but after them it does', () => {
    expect(offered("select 'it''s', \"a b\" /* x */ -- y\n, |").length).toBeGreaterThan(0)
  })
})
