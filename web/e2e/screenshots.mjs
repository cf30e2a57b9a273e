// `npm run screenshots -- <folder>`: a picture of each page in both themes, and what axe says about it.
//
// Needs a built `dist` and a running server: MARGAY_SERVER, MARGAY_DEV_TOKEN. MARGAY_CONSOLE_URL takes a console that somebody else serves.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { upstream } from '../dev/server-stand-in.mjs'
import { openBrowser, watchFaults } from './browser.mjs'
import { serveConsole } from './console-server.mjs'
import { settingsPictures } from './settings-pictures.mjs'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: npm run screenshots -- <folder outside the repository>')
  process.exit(2)
}
const only = process.argv[3]
const VIEWS = /** @type {const} */ ([
  { name: 'light', theme: 'light', width: 1280, height: 800 },
  { name: 'dark', theme: 'dark', width: 1280, height: 800 },
  { name: 'narrow', theme: 'light', width: 320, height: 700 },
  // 200 % zoom of a window of 1280 by 800.
  { name: 'zoomed', theme: 'dark', width: 640, height: 400 },
])
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** A ledger with everything that there can be. */
const LEDGER = ledger(['window_read', 40], ['lost', 2], ['window_read', 10], ['to_be_read', 6], ['page_chain', 20], ['hole', 0.02], ['audit', 12])

const SAMPLES = [
  '{"time":"2026-03-01 08:15:30","user":"mona","src":"198.51.100.20","size":9223372036854775807,"build":"1.10","extra":{"k":1}}',
  '{"time":"2026-03-01 08:15:31","user":"<img src=x onerror=alert(1)>","src":"2001:db8::7","size":0,"build":"2.0","extra":"none"}',
].join('\n')

mkdirSync(resolve(folder), { recursive: true })
const served = process.env.MARGAY_CONSOLE_URL ? undefined : await serveConsole()
const url = process.env.MARGAY_CONSOLE_URL ?? served?.url ?? ''
let problems = 0

for (const view of VIEWS) {
  const { context, close } = await openBrowser({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.theme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const faults = await watchFaults(page)
  for (const [name, path, prepare, fakes = {}] of await pages()) {
    if (only && !name.startsWith(only)) continue
    for (const [pattern, answer] of Object.entries(fakes)) await page.route(pattern, (route) => route.fulfill(answer))
    await page.goto(url + path)
    await page.locator('h1').first().waitFor()
    await page.waitForLoadState('networkidle')
    await prepare?.(page)
    await page.waitForTimeout(150)
    const isCovered = (await page.getByRole('dialog').count()) > 0
    await page.screenshot({ path: join(folder, `${name}-${view.name}.png`), fullPage: !isCovered })
    // A menu hangs at the end of the document, outside of what the rule wants all content to be in.
    const isMenuOpen = (await page.getByRole('menu').count()) > 0
    const { violations } = await new AxeBuilder({ page }).withTags(TAGS).disableRules(isMenuOpen ? ['region'] : []).analyze()
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    for (const { id, nodes } of violations) report(name, view.name, `axe ${id}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`)
    if (overflow > 0) report(name, view.name, `scrolls sideways by ${overflow} px`)
    for (const fault of faults.splice(0)) report(name, view.name, fault)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  }
  await close()
}
served?.close()
console.log(problems === 0 ? `no problems; pictures in ${folder}` : `${problems} problems; pictures in ${folder}`)
process.exitCode = problems === 0 ? 0 : 1

/** @typedef {(page: import('playwright-core').Page) => Promise<unknown>} Prepare */
/** @typedef {Record<string, { status?: number, json: unknown }>} Fakes answers instead of the server, by the pattern of their address */

/**
 * Each page with its name, what to do before its picture is taken, and what the server is made to answer.
 *
 * @returns {Promise<Array<[string, string, (Prepare | undefined)?, Fakes?]>>}
 */
async function pages() {
  const source = (await first('/log-sources'))?.id
  const alert = (await first('/alerts'))?.id
  const destination = (await first('/destinations'))?.id
  const custom = (await first('/schemas', ({ kind, state }) => kind === 'custom' && state === 'active'))?.name
  const schemas = '/data/schemas'
  const sources = '/integrations/log-sources'
  const destinations = '/integrations/destinations'
  const none = { json: { results: [], next: null } }
  const readOnly = { json: { kind: 'user', name: 'Ann', email: 'ann@example.com', role: 'Read only', permissions: ['LogSourceRead'], version: '0', build: '0' } }
  /** @type {Array<[string, string | undefined | false, (Prepare | undefined)?, Fakes?]>} */
  const all = [
    ['login', '/login'],
    ['setup', '/setup#t=one-time-code', undefined, { '**/api/v1/setup': { json: { needed: true } } }],
    ['sources-none', sources, undefined, { '**/api/v1/log-sources?*': none }],
    ['sources-failed', sources, (page) => page.getByRole('alert').waitFor(), { '**/api/v1/log-sources?*': problem(500, 'internal', 'Something went wrong on our side', 'the database cannot be read') }],
    ['sources-denied', sources, undefined, { '**/api/v1/log-sources?*': problem(403, 'permission_missing', 'You may not do that', 'this needs the permission LogSourceRead') }],
    ['sources-read-only', sources, undefined, { '**/api/v1/me': readOnly }],
    ['sources-menu', sources, (page) => page.getByRole('button', { name: /^Actions for/ }).first().click()],
    ['session-over', sources, (page) => page.getByRole('dialog').waitFor(), { '**/api/v1/log-sources?*': problem(401, 'token_missing', 'Sign in', 'the session is over') }],
    ['user-menu', sources, openUserMenu],
    ['alerts-none', '/alerts', undefined, { '**/api/v1/alerts?*': none }],
    ['destinations-none', '/integrations/destinations', undefined, { '**/api/v1/destinations?*': none }],
    ['sources', sources],
    ['sources-no-match', `${sources}?q=nothing`],
    ['catalog', `${sources}/new`],
    ['catalog-detail', `${sources}/new?type=asana`],
    ['wizard-name', `${sources}/new/asana?step=name`],
    ['wizard-name-error', `${sources}/new/asana?step=name`, (page) => page.getByRole('button', { name: 'Continue Setup' }).click()],
    ['wizard-credentials', `${sources}/new/asana?step=name`, toCredentials],
    ['wizard-refused', `${sources}/new/asana?step=name`, refused],
    ['welcome', source && `${sources}/${source}/welcome`],
    ['overview', source && `${sources}/${source}/overview`],
    ['overview-range', source && `${sources}/${source}/overview`, (page) => page.keyboard.press('t')],
    ['overview-table', source && `${sources}/${source}/overview`, (page) => page.getByRole('button', { name: 'Table' }).first().click()],
    ['health', source && `${sources}/${source}/health`],
    ['health-alarm', source && `${sources}/${source}/health`, (page) => page.getByRole('button', { name: /^Edit the alarm/ }).first().click()],
    ['health-coverage', source && `${sources}/${source}/health`, (page) => page.getByText('Hole', { exact: true }).first().waitFor(), { '**/coverage': { json: LEDGER } }],
    ['health-coverage-table', source && `${sources}/${source}/health`, stretchTable, { '**/coverage': { json: LEDGER } }],
    ['health-audit', source && `${sources}/${source}/health`, (page) => page.getByRole('button', { name: 'Audit now…' }).click()],
    ['health-backfill', source && `${sources}/${source}/health`, (page) => page.getByRole('button', { name: 'Backfill…' }).click()],
    ['source-schemas', source && `${sources}/${source}/schemas`, fields],
    ['configuration', source && `${sources}/${source}/configuration`],
    ['configuration-token', source && `${sources}/${source}/configuration`, (page) => page.getByRole('button', { name: 'Replace token…' }).click()],
    ['alerts', '/alerts'],
    ['alerts-all', '/alerts?status=all'],
    ['alert', alert && `/alerts/${alert}`],
    ['destinations', destinations],
    ['destination-kinds', `${destinations}/new`],
    ['destination-new-slack', `${destinations}/new/slack_bot`],
    ['destination-new-email', `${destinations}/new/email`],
    ['destination', destination && `${destinations}/${destination}`],
    ['schemas', '/data/schemas'],
    ['schemas-no-match', '/data/schemas?q=nothing'],
    ['schema', `${schemas}/Asana.Audit`, fields],
    ['schema-filtered', `${schemas}/Asana.Audit`, (page) => page.getByLabel(/^Filter by name/).fill('email')],
    ['schema-yaml', `${schemas}/Asana.Audit/yaml`, (page) => page.locator('.cm-line').first().waitFor()],
    ['schema-used-by', `${schemas}/Asana.Audit/used-by`],
    ['schema-test', `${schemas}/Asana.Audit/test`, rejected],
    ['schema-custom', custom && `${schemas}/${custom}`, fields],
    ['schema-edit', custom && `${schemas}/${custom}/edit`, (page) => page.locator('.cm-line').first().waitFor()],
    ['schema-conflict', custom && `${schemas}/${custom}/edit`, conflict],
    ['schema-new', `${schemas}/new`],
    ['schema-infer', `${schemas}/new`, inferred],
    ['schema-errors', `${schemas}/new`, mistaken],
    ...settingsPictures(source),
    ['commands', sources, (page) => page.keyboard.press('Control+k')],
    ['shortcuts', sources, (page) => page.keyboard.press('?')],
    ['no-such-page', '/nothing/here'],
    ['no-such-source', `${sources}/01890000-0000-7000-8000-000000000000/overview`],
  ]
  return /** @type {Array<[string, string, (Prepare | undefined)?, Fakes?]>} */ (all.filter(([, path]) => Boolean(path)))
}

/** @param {import('playwright-core').Page} page */
async function toCredentials(page) {
  await page.getByLabel('Name').fill(`Pictured ${Date.now()}`)
  await page.getByRole('button', { name: 'Continue Setup' }).click()
  await page.getByLabel('Organization Id').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function refused(page) {
  await toCredentials(page)
  await page.getByLabel('Organization Id').fill('1201234567890123')
  await page.getByLabel('Service Account Token').fill('no-such-token')
  const simulator = process.env.MARGAY_SIMULATOR
  if (simulator) {
    await page.getByText('is simulated or behind another address').click()
    await page.getByLabel('API address').fill(simulator)
  }
  await page.getByRole('button', { name: 'Continue Setup' }).click()
  await page.getByRole('alert').waitFor({ timeout: 15_000 })
}

/**
 * Opens the menu of the person; on narrow screens it is behind the button of the navigation.
 *
 * @param {import('playwright-core').Page} page
 */
async function openUserMenu(page) {
  const navigation = page.getByRole('button', { name: 'Open navigation' })
  if (await navigation.isVisible()) return navigation.click()
  return page.getByRole('button', { name: /^Your menu/ }).click()
}

/**
 * @param {number} status
 * @param {string} code
 * @param {string} title
 * @param {string} detail
 */
function problem(status, code, title, detail) {
  const id = '0f8a2f0e-2f0c-4a38-9c2e-6f9d3f6f6f11'
  return { status, json: { type: `urn:margay:problem:${code}`, title, status, detail, code, request_id: id } }
}

/**
 * @param {Array<[string, number]>} parts what proves each stretch, or how it stands, and its days; the last one ends now
 */
function ledger(...parts) {
  const DAY_MS = 86_400_000
  let at = Date.now() - parts.reduce((sum, [, days]) => sum + days, 0) * DAY_MS
  const stretches = parts.map(([what, days]) => {
    const from = new Date(at).toISOString()
    at += days * DAY_MS
    const isUnproven = what === 'hole' || what === 'to_be_read'
    return {
      from,
      to: new Date(at).toISOString(),
      state: isUnproven || what === 'lost' ? what : 'complete',
      evidence: isUnproven ? null : what,
      firstProvenAt: isUnproven ? null : from,
      lastProvenAt: isUnproven ? null : new Date(at).toISOString(),
    }
  })
  return { since: stretches[0]?.from, provenThrough: stretches.at(-1)?.to, settledThrough: stretches.at(-2)?.from, isComplete: false, stretches }
}

/** @param {import('playwright-core').Page} page */
async function stretchTable(page) {
  await page.getByRole('figure', { name: 'Coverage' }).getByRole('button', { name: 'Table' }).click()
  await page.getByText('Compared by an audit').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function fields(page) {
  await page.getByText('p_event_time', { exact: true }).waitFor()
}

/** @param {import('playwright-core').Page} page */
async function rejected(page) {
  await page.getByLabel('Records', { exact: true }).fill('{"gid":"1","created_at":"yesterday"}\n{"gid":2}')
  await page.getByRole('button', { name: 'Test' }).click()
  await page.getByText(/^Unmatched 2/).waitFor()
}

/** @param {import('playwright-core').Page} page */
async function inferred(page) {
  await page.getByLabel('Name').fill('Pictured')
  await page.getByLabel('Records', { exact: true }).fill(SAMPLES)
  await page.getByRole('button', { name: 'Infer schema' }).click()
  await page.getByText(/^Made of 2 records/).waitFor()
  await page.locator('dt', { hasText: 'Time of the event' }).waitFor()
  await page.getByText(/^Line 1$/).first().click()
}

/** @param {import('playwright-core').Page} page */
async function mistaken(page) {
  await page.getByRole('textbox', { name: 'YAML of the schema' }).fill('schema: Custom.Pictured\nfields:\n  - name: at\n    type: timestampp\n    requird: true\n')
  await page.getByText(/^2 errors/).waitFor()
}

/**
 * Writes something, and has the server say that another revision is there by now.
 *
 * @param {import('playwright-core').Page} page
 */
async function conflict(page) {
  await page.locator('.cm-line').first().waitFor()
  await page.getByLabel('Description').fill('Mine')
  await page.route(/schemas\/Custom[^/]*$/, async (route) => {
    if (route.request().method() !== 'GET') return route.fulfill(problem(409, 'conflict', 'That cannot be done as things are', 'the schema has another revision by now'))
    const answer = await route.fetch()
    const body = /** @type {any} */ (await answer.json())
    await route.fulfill({ json: { ...body, revision: body.revision + 1, yaml: body.yaml.replace('fields:', 'description: Theirs\nfields:') } })
  })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^Somebody changed this schema/).waitFor()
}

/**
 * @param {string} path
 * @param {(item: any) => boolean} isWanted
 */
async function first(path, isWanted = () => true) {
  const answer = await fetch(`${upstream.url}/api/v1${path}?limit=100`, { headers: { 'X-API-Key': upstream.token } })
  const body = /** @type {any} */ (await answer.json())
  return body.results?.find(isWanted)
}

/**
 * @param {string} name
 * @param {string} view
 * @param {string} text
 */
function report(name, view, text) {
  problems += 1
  console.log(`${name} (${view}): ${text}`)
}
