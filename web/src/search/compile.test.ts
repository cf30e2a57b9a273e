import { describe, expect, it } from 'vitest'
import {
  type Request,
  NEWEST_FIRST,
  barsOfStatement,
  barsSql,
  cidrPattern,
  condition,
  defaultColumns,
  eventSql,
  filtersFor,
  newestSql,
  rowsSql,
  unaskable,
  valuesSql,
} from './compile'
import { decompile } from './decompile'
import type { Filter } from './filter'
import { meaningful } from './sql-text'
import { ALL_LOGS, type Field, searchTables } from './table'

const standard = [
  { name: 'p_log_type', type: 'text' },
  { name: 'p_row_id', type: 'text' },
  { name: 'p_event_time', type: 'timestamp' },
  { name: 'p_source_label', type: 'text' },
  { name: 'p_any_ip_addresses', type: 'json' },
]
export const TABLES = searchTables([
  {
    database: 'margay_logs',
    name: 'asana_audit',
    logType: 'Asana.Audit',
    columns: [
      { name: 'gid', type: 'text' },
      { name: 'actor', type: 'json' },
      { name: 'actor.email', type: 'text' },
      { name: 'context', type: 'json' },
      { name: 'context.client_ip_address', type: 'text' },
      { name: 'context.on_behalf_of_user_id', type: 'integer' },
      { name: 'created_at', type: 'timestamp' },
      { name: 'details', type: 'text' },
      { name: 'event_type', type: 'text' },
      { name: 'isAdmin', type: 'boolean' },
      { name: 'resource', type: 'json' },
      { name: 'resource.name', type: 'text' },
      ...standard,
    ],
  },
  { database: 'margay_views', name: 'all_logs', columns: standard },
])
const [all, asana] = TABLES as [(typeof TABLES)[number], (typeof TABLES)[number]]
const SPAN = { from: new Date('2026-11-25T00:00:00Z'), to: new Date('2026-11-26T00:00:00Z') }

const request = (filters: Filter[], more: Partial<Request> = {}): Request => ({
  table: asana,
  tables: TABLES,
  filters,
  columns: ['p_event_time', 'event_type'],
  sorting: NEWEST_FIRST,
  span: SPAN,
  limit: 1_000,
  ...more,
})

const is = (field: string, value: string, more: Partial<Filter> = {}): Filter => ({ field, operator: 'is', values: [value], ...more })

it('is a statement that a person can read', () => {
  const filters = [is('event_type', 'user_login_failed'), is('actor.email', 'bot@acme.example', { isInverted: true }), is('gid', 'x', { isPaused: true })]
  expect(rowsSql(request(filters))).toBe(
    [
      'select p_event_time, event_type, p_row_id, p_log_type',
      'from asana_audit',
      "where p_occurs_after('2026-11-25T00:00:00.000Z') and p_occurs_before('2026-11-26T00:00:00.000Z')",
      "  and event_type = 'user_login_failed'",
      "  and actor.email is distinct from 'bot@acme.example'",
      'order by p_event_time desc, p_row_id',
      'limit 1000',
    ].join('\n'),
  )
})

const field = (kind: Field['kind']): Field => ({ name: 'f', sql: 'f', kind })

describe('condition', () => {
  it.each<[Filter['operator'], string[], Field['kind'], string, string]>([
    ['is', ["it's"], 'text', "f = 'it''s'", "f is distinct from 'it''s'"],
    ['is', ['9007199254740993'], 'number', 'f = 9007199254740993', 'f is distinct from 9007199254740993'],
    ['is', ['true'], 'boolean', 'f = true', 'f is distinct from true'],
    ['is', ['10.1.2.3'], 'list', "array_has(f, '10.1.2.3')", "(array_has(f, '10.1.2.3')) is not true"],
    ['contains', ['50%_a\\'], 'text', "f ilike '%50\\%\\_a\\\\%'", "(f ilike '%50\\%\\_a\\\\%') is not true"],
    ['starts', ['50%'], 'text', "starts_with(f, '50%')", "(starts_with(f, '50%')) is not true"],
    ['in', ['a', "b'"], 'text', "f in ('a', 'b''')", "(f in ('a', 'b''')) is not true"],
    ['in', ['a', 'b'], 'list', "array_has_any(f, make_array('a', 'b'))", "(array_has_any(f, make_array('a', 'b'))) is not true"],
    ['exists', [], 'struct', 'f is not null', 'f is null'],
    ['>', ['5'], 'number', 'f > 5', '(f > 5) is not true'],
    ['between', ['2026-11-23', '2026-11-24'], 'time', "f between '2026-11-23' and '2026-11-24'", "(f between '2026-11-23' and '2026-11-24') is not true"],
    ['cidr', ['10.1.0.0/16'], 'text', "regexp_like(f, '^10\\.1\\.\\d{1,3}\\.\\d{1,3}$')", "(regexp_like(f, '^10\\.1\\.\\d{1,3}\\.\\d{1,3}$')) is not true"],
  ])('%s %j of a %s', (operator, values, kind, expected, inverted) => {
    expect(condition({ field: 'f', operator, values }, field(kind))).toBe(expected)
    expect(condition({ field: 'f', operator, values, isInverted: true }, field(kind))).toBe(inverted)
  })

  it.each(["'; drop table asana_audit; --", "\\'", "' or '1'='1", '/* */ --'])('keeps %j one text', (value) => {
    for (const operator of ['is', 'contains', 'starts', 'in'] as const) {
      for (const kind of ['text', 'list'] as const) {
        const harmless = meaningful(condition({ field: 'f', operator, values: ['x'] }, field(kind))).map((token) => token.kind)
        expect(meaningful(condition({ field: 'f', operator, values: [value] }, field(kind))).map((token) => token.kind)).toEqual(harmless)
      }
    }
  })

  it('refuses what is no number where a number belongs', () => {
    expect(() => condition(is('f', '1 or 1=1'), field('number'))).toThrow(RangeError)
  })
})

describe('what cannot be asked of a table', () => {
  const fine = is('event_type', 'a')
  it.each<[string, Filter, RegExp]>([
    ['a field that it has not', is('nothing', 'a'), /There is no field “nothing”/],
    ['a network that is none', is('context.client_ip_address', 'bad', { operator: 'cidr' }), /IPv4 network/],
    ['a number that is none', is('context.on_behalf_of_user_id', 'abc'), /number/],
    ['a field that has no such question', is('actor', 'a'), /cannot be asked that/],
  ])('%s', (_, filter, why) => {
    const filters = [fine, filter, is('details->level', 'x')]
    expect(unaskable(asana, filters)).toEqual([{ filter, why: expect.stringMatching(why) as string }])
    expect(filtersFor(asana, filters)).toEqual([fine, { ...filter, isPaused: true }, is('details->level', 'x')])
    expect(rowsSql(request(filtersFor(asana, filters)))).toBe(rowsSql(request([fine, is('details->level', 'x')])))
  })

  it('is never left out of a statement: rows would look as if they matched', () => {
    const filters = [is('nothing', 'a')]
    expect(() => rowsSql(request(filters))).toThrow(RangeError)
    expect(() => newestSql(request(filters))).toThrow(RangeError)
  })

  it('is nothing that is paused', () => {
    expect(unaskable(asana, [is('nothing', 'a', { isPaused: true })])).toEqual([])
  })
})

describe('cidrPattern', () => {
  it.each<[string, string[], string[]]>([
    ['10.0.0.0/8', ['10.0.0.1', '10.255.3.4'], ['11.0.0.1', '110.0.0.1', '10.0.0', '10.0.0.1.5']],
    ['192.168.16.0/20', ['192.168.16.0', '192.168.31.255'], ['192.168.15.255', '192.168.32.0']],
    ['192.168.20.7/20', ['192.168.16.0'], ['192.168.15.255']],
    ['1.2.3.4/32', ['1.2.3.4'], ['1.2.3.5', '1x2x3x4']],
    ['1.2.3.4/31', ['1.2.3.4', '1.2.3.5'], ['1.2.3.6']],
    ['0.0.0.0/0', ['255.255.255.255'], ['::1']],
  ])('%s', (network, within, without) => {
    const pattern = new RegExp(`^${cidrPattern(network)}$`)
    for (const address of within) expect(pattern.test(address), address).toBe(true)
    for (const address of without) expect(pattern.test(address), address).toBe(false)
  })
})

describe('back to filters', () => {
  it.each<[string, Filter[]]>([
    ['none', []],
    ['a text with quotes', [is('event_type', "it's and b = 'c'")]],
    ['not', [is('event_type', 'a', { isInverted: true })]],
    ['JSON text', [is('details->"new value"', 'x')]],
    ['numbers', [is('context.on_behalf_of_user_id', '9007199254740993'), is('context.on_behalf_of_user_id', '-5', { operator: '>' })]],
    ['truth', [is('isAdmin', 'true')]],
    ['contains', [is('event_type', '50%_x', { operator: 'contains', isInverted: true })]],
    ['starts', [is('event_type', 'user_', { operator: 'starts' })]],
    ['in', [is('event_type', '', { operator: 'in', values: ['a', 'b'], isInverted: true })]],
    ['exists', [is('actor', '', { operator: 'exists', values: [] }), is('gid', '', { operator: 'exists', values: [], isInverted: true })]],
    ['between', [is('created_at', '', { operator: 'between', values: ['2026-11-23', '2026-11-24'] })]],
    ['networks', [is('context.client_ip_address', '192.168.16.0/20', { operator: 'cidr' }), is('p_any_ip_addresses', '10.0.0.0/8', { operator: 'cidr', isInverted: true })]],
    ['lists', [is('p_any_ip_addresses', '10.1.1.1'), is('p_any_ip_addresses', '10.', { operator: 'contains' }), is('p_any_ip_addresses', '', { operator: 'in', values: ['a', 'b'] })]],
    ['the beginning of a value in a list', [is('p_any_ip_addresses', '10.', { operator: 'starts' }), is('event_type', 'x')]],
    ['the beginning of no value in a list', [is('p_any_ip_addresses', '10.', { operator: 'starts', isInverted: true }), is('event_type', 'x')]],
  ])('%s', (_, filters) => {
    for (const columns of [['p_event_time', 'event_type'], ['event_type', 'details->level'], ['gid', 'p_event_time', 'p_log_type']]) {
      const asked = request(filters, { columns })
      const found = decompile(rowsSql(asked), TABLES)
      expect(found).toEqual({ table: asana, filters, columns, sorting: NEWEST_FIRST, span: SPAN })
    }
  })

  it('also with a summary over all logs', () => {
    const asked = request([is('summary', 'login', { operator: 'contains' })], { table: all, columns: defaultColumns(all) })
    expect(decompile(rowsSql(asked), TABLES)).toMatchObject({ table: all, filters: asked.filters, columns: asked.columns })
  })

  it('however many rows were wanted', () => {
    expect(decompile(rowsSql(request([], { limit: 50_000 })), TABLES)).toMatchObject({ table: asana })
  })

  it('however it is laid out', () => {
    const sql = rowsSql(request([is('event_type', 'a')])).replaceAll('\n', '  ').replace('select', 'SELECT -- why\n')
    expect(decompile(`${sql};`, TABLES)).toMatchObject({ filters: [is('event_type', 'a')] })
  })

  it.each<[string, string | RegExp]>([
    ['select count(*) from asana_audit', /“\(” is more than filters can say/],
    ["select gid from asana_audit where event_type = 'a'", /begin with the time/],
    [rowsSql(request([])).replace('asana_audit', 'other'), /not “other”/],
    [rowsSql(request([is('gid', 'a')])).replace("gid = 'a'", "gid = 'a' or gid = 'b'"), /“or” is more/],
    [rowsSql(request([is('gid', 'a')])).replace("gid = 'a'", "lower(gid) = 'a'"), /“\(” is more/],
    [rowsSql(request([])).replace('limit 1000', 'limit 10'), /not in the form/],
    [rowsSql(request([is('gid', 'a', { operator: 'contains' })])).replace('%a%', '%a%b%'), /without wildcards/],
    [rowsSql(request([is('gid', '5')])).replace("gid = '5'", "context.on_behalf_of_user_id = 'abc'"), /context.on_behalf_of_user_id: Enter a number/],
    ['', /ends before/],
  ])('says why there are none: %s', (sql, why) => {
    const found = decompile(sql, TABLES)
    expect('why' in found && found.why).toMatch(why)
  })
})

it('a summary puts the log types together, with what is asked of them', () => {
  expect(rowsSql(request([], { table: all, columns: ['p_event_time', 'summary'] }))).toContain(
    "from (\n  select p_log_type, p_row_id, p_event_time, concat_ws(' · ', event_type, actor.email, context.client_ip_address, resource.name) as summary from asana_audit\n)",
  )
  expect(rowsSql(request([], { table: all, columns: ['p_event_time'] }))).toContain(`from ${ALL_LOGS}\n`)
})

describe('bars', () => {
  const shared = { table: asana, tables: TABLES, filters: [is('event_type', 'a')], span: SPAN, stepMs: 900_000, origin: new Date(0) }
  it('count the whole range, whatever the limit of the rows is', () => {
    const sql = barsSql({ ...shared, by: 'actor.email' })
    expect(sql).toContain("date_bin(interval '900000 milliseconds', p_event_time, timestamp '1970-01-01T00:00:00.000Z') as bar, cast(actor.email as varchar) as part")
    expect(sql).toContain("p_occurs_after('2026-11-25T00:00:00.000Z') and p_occurs_before('2026-11-26T00:00:00.000Z')\n  and event_type = 'a'")
    expect(sql).not.toContain('limit')
    expect(barsSql({ ...shared, by: undefined })).toContain('group by 1')
  })

  it('are of the six most frequent parts and the rest, so that no answer is too long', () => {
    const sql = barsSql({ ...shared, by: 'gid' })
    expect(sql).toContain('case when place <= 6 then part end as part, place > 6 as is_rest, sum(n) as n')
    expect(sql).toContain('dense_rank() over (order by total desc, part) as place')
    expect(barsOfStatement('select "Time", a from t', 'Time', 'a', SPAN, 1_000, new Date(0))).toContain('place > 6 as is_rest')
  })

  it('of a statement are over its rows', () => {
    expect(barsOfStatement('select "Time" from t', 'Time', undefined, SPAN, 1_000, new Date(0))).toContain('from (\nselect "Time" from t\n) as found\nwhere "Time" >= \'2026-11-25T00:00:00.000Z\'')
  })
})

it('counts values of lists one by one', () => {
  const shared = { table: asana, tables: TABLES, filters: [], span: SPAN }
  expect(valuesSql(shared, 'p_any_ip_addresses', 10)).toContain('unnest(p_any_ip_addresses) as value')
  expect(valuesSql(shared, 'event_type', 10)).toContain('select event_type as value, count(*) as n')
})

it('finds one event by its id', () => {
  expect(eventSql(asana, "a'b", '2026-11-25T10:00:00.123Z')).toContain("where p_occurs_around('2026-11-25T10:00:00.123Z', '1 s') and p_row_id = 'a''b'\nlimit 1")
})
