// The pages of the settings for `npm run screenshots`: of a person, with entries of each kind in the audit log.

const AT = '2026-11-26T12:00:00.123456Z'
const ID = '01890000-0000-7000-8000-000000000001'
const REQUEST = '0f8a2f0e-2f0c-4a38-9c2e-6f9d3f6f6f11'
const ADMIN = [
  'AlertRead', 'AlertModify', 'AuditLogRead', 'DataAnalyticsRead', 'DataAnalyticsModify', 'DestinationRead', 'DestinationModify', 'LogSourceRead',
  'LogSourceModify', 'OrganizationAPITokenRead', 'OrganizationAPITokenModify', 'SummaryRead', 'UserRead', 'UserModify',
]
const person = { kind: 'user', id: ID, name: 'ann@example.com', role: 'Admin', permissions: ADMIN, version: '0.1.0', build: '0' }
const analyst = { ...person, role: 'Analyst', permissions: ADMIN.filter((name) => !/^(User|OrganizationAPIToken)/.test(name)) }

const entry = {
  id: '1',
  at: AT,
  actor: { kind: 'user', id: ID, name: 'ann@example.com' },
  address: '203.0.113.7',
  action: 'pause_log_source',
  object: { kind: 'log_source', id: ID, name: 'Asana – production' },
  outcome: 'succeeded',
  status: null,
  problem: null,
  before: { label: 'Asana – production', state: 'healthy', pausedAt: null, settings: { organizationId: '1201234567890123' } },
  after: { label: 'Asana – production', state: 'paused', pausedAt: AT, settings: { organizationId: '1201234567890123' } },
  requestId: REQUEST,
}
const entries = [
  entry,
  { ...entry, id: '2', actor: { kind: 'api_token', id: ID, name: 'backup script' }, action: 'create_destination', object: { kind: 'destination', id: ID, name: '<img src=x onerror=alert(1)>' }, before: null, after: { name: '<img src=x onerror=alert(1)>' } },
  { ...entry, id: '3', actor: { kind: 'command_line', id: null, name: 'root' }, address: null, action: 'create_user', object: { kind: 'user', id: ID, name: 'bob@example.com' }, before: null },
  { ...entry, id: '4', actor: { kind: 'nobody', id: null, name: '' }, action: 'log_in', object: null, outcome: 'failed', status: 401, problem: 'login_refused', before: null, after: null },
  { ...entry, id: '5', actor: { kind: 'command_line', id: null, name: 'root' }, address: null, action: 'delete_log_source', after: null },
]
const system = {
  version: '0.1.0', build: 'a77cc7d34fd84dea', startedAt: '2026-11-20T08:00:00Z', dataDir: '/var/lib/margay', freeBytes: 412_000_000_000,
  journal: { entries: 1_284, bytes: 48_000_000, notLanded: 0 }, database: { bytes: 61_000_000 }, lake: { tables: 4 }, publicUrl: 'https://margay.example.com', tls: false,
}
const user = { id: ID, email: 'ann@example.com', role: 'Admin', enabled: true, createdAt: AT, createdBy: 'the setup', lastLoginAt: AT }
const users = [user, { ...user, id: '2', email: 'bob@example.com', role: 'Analyst', createdBy: 'ann@example.com' }, { ...user, id: '3', email: 'cat@example.com', role: 'AnalystReadOnly', enabled: false, createdBy: 'ann@example.com', lastLoginAt: null }]
const token = { id: ID, name: 'backup script', permissions: ['AlertRead', 'LogSourceRead', 'SummaryRead'], allowedCIDRBlocks: ['203.0.113.0/24', '2001:db8::/32', '10.0.0.0/8'], createdAt: AT, createdBy: 'ann@example.com', expiresAt: '2099-01-01T00:00:00Z', lastUsedAt: AT, rotatedAt: null }
const tokens = [token, { ...token, id: '2', name: 'ci', expiresAt: null, allowedCIDRBlocks: [], permissions: ADMIN, lastUsedAt: null }, { ...token, id: '3', name: 'old', expiresAt: '2026-01-01T00:00:00Z' }]
const sessions = [
  { id: '1', isCurrent: true, begunAt: AT, lastUsedAt: AT, address: '203.0.113.7', agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
  { id: '2', isCurrent: false, begunAt: AT, lastUsedAt: AT, address: '198.51.100.4', agent: 'curl/8.5.0' },
]

/** @param {unknown[]} results */
const list = (results) => ({ json: { results, next: null } })
const as = (/** @type {unknown} */ me) => ({ '**/api/v1/me': { json: me } })
const none = { status: 404, json: { type: 'urn:margay:problem:not_found', title: 'There is nothing there', status: 404, detail: `there is no log source with the id ${ID}`, code: 'not_found', request_id: REQUEST } }

const FAKES = {
  ...as(person),
  '**/api/v1/users?*': list(users),
  [`**/api/v1/users/${ID}`]: { json: user },
  '**/api/v1/users/2': { json: users[1] },
  '**/api/v1/api-tokens?*': list(tokens),
  [`**/api/v1/api-tokens/${ID}`]: { json: token },
  '**/api/v1/audit-log?*': list(entries),
  '**/api/v1/audit-log/*': { json: entry },
  '**/api/v1/system': { json: system },
  '**/api/v1/me/sessions': list(sessions),
}

/** @param {import('playwright-core').Page} page */
const issued = async (page) => {
  await page.route(`**/api/v1/api-tokens/${ID}/rotate`, (route) => route.fulfill({ json: { ...token, value: `mgy_${'0123456789abcdef'.repeat(4)}` } }))
  await page.getByRole('button', { name: 'Rotate…' }).click()
  await page.getByRole('button', { name: 'Rotate token' }).click()
  await page.getByText(/^mgy_/).waitFor()
}

/**
 * @param {string | undefined} source the id of a log source
 * @returns {Array<[string, string | undefined, (((page: import('playwright-core').Page) => Promise<unknown>) | undefined)?, Record<string, any>?]>}
 */
export function settingsPictures(source) {
  const press = (/** @type {string} */ name) => (/** @type {import('playwright-core').Page} */ page) => page.getByRole('button', { name, exact: true }).click()
  return [
    ['settings-users', '/settings/users', undefined, FAKES],
    ['settings-users-no-match', '/settings/users?q=nobody', undefined, FAKES],
    ['settings-users-denied', '/settings/users', undefined, { ...FAKES, ...as(analyst) }],
    ['settings-user-new', '/settings/users/new', undefined, FAKES],
    ['settings-user-new-error', '/settings/users/new', press('Add user'), FAKES],
    ['settings-user', '/settings/users/2', undefined, FAKES],
    ['settings-user-last-admin', `/settings/users/${ID}`, undefined, FAKES],
    ['settings-user-delete', '/settings/users/2', press('Delete…'), FAKES],
    ['settings-roles', '/settings/roles', undefined, FAKES],
    ['settings-tokens', '/settings/api-tokens', undefined, FAKES],
    ['settings-tokens-none', '/settings/api-tokens', undefined, { ...FAKES, '**/api/v1/api-tokens?*': list([]) }],
    ['settings-token-new', '/settings/api-tokens/new', undefined, FAKES],
    ['settings-token-new-error', '/settings/api-tokens/new', press('Make token'), FAKES],
    ['settings-token', `/settings/api-tokens/${ID}`, undefined, FAKES],
    ['settings-token-value', `/settings/api-tokens/${ID}`, issued, FAKES],
    ['settings-audit', '/settings/audit-log', undefined, FAKES],
    ['settings-audit-entry', '/settings/audit-log?entry=1', (page) => page.getByRole('dialog').waitFor(), FAKES],
    ['settings-audit-none', '/settings/audit-log?actor=nobody', undefined, { ...FAKES, '**/api/v1/audit-log?*': list([]) }],
    ['settings-system', '/settings/system', undefined, FAKES],
    ['settings-profile', '/settings/profile', undefined, FAKES],
    ['settings-profile-error', '/settings/profile', press('Change password'), FAKES],
    ['activity', source && `/integrations/log-sources/${source}/activity`, undefined, FAKES],
    ['no-such-source-known', `/integrations/log-sources/${ID}/overview`, undefined, { ...FAKES, [`**/api/v1/log-sources/${ID}`]: none, '**/api/v1/audit-log?*': list([entries[4]]) }],
  ]
}
