import { expect, it } from 'vitest'
import { searchHref, sqlOf } from './search-sql'

it('finds what the filter finds', () => {
  const filter = { actor: 'ann@example.com', action: 'pause_log_source', object: 'log_source_alarm:0189/SOURCE_NO_DATA:x', outcome: 'failed', since: '2026-11-19T12:00:00.000Z', until: '2026-11-20T12:00:00.000Z' }
  expect(sqlOf(filter).split('\n').slice(1)).toEqual([
    'from margay_audit',
    "where p_event_time >= timestamp '2026-11-19T12:00:00.000Z'",
    "  and p_event_time < timestamp '2026-11-20T12:00:00.000Z'",
    "  and (actor['name'] = 'ann@example.com' or actor['id'] = 'ann@example.com')",
    "  and action = 'pause_log_source'",
    "  and object['object_type'] = 'log_source_alarm'",
    "  and object['id'] = '0189/SOURCE_NO_DATA:x'",
    "  and outcome = 'failed'",
    'order by p_event_time desc',
    'limit 1000',
  ])
})

it('asks for all, if nothing is filtered, and for a kind without an id', () => {
  expect(sqlOf({})).not.toContain('where')
  expect(sqlOf({ object: 'user' })).toContain("where object['object_type'] = 'user'\norder")
})

it('lets nothing in a value end it', () => {
  expect(sqlOf({ actor: "' or ''='" })).toContain("actor['name'] = ''' or ''''='''")
  expect(new URLSearchParams(searchHref({ actor: 'a&b=c' }).split('?')[1]).get('q')).toBe(sqlOf({ actor: 'a&b=c' }))
})
