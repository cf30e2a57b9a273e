// People and API tokens against the real binary, by keyboard only: an administrator makes an analyst and a token; the analyst, in a browser of
// their own, is told what they may not see; a session that ended is renewed over the page. See e2e/binary.mjs for what it needs.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import { Binary, step } from './binary.mjs'
import { openBrowser, watchFaults } from './browser.mjs'
import { goTo, tabToNamed } from './keyboard.mjs'

const PASSWORD = 'a phrase that nobody has'
const OWN_PASSWORD = 'another phrase that nobody has'
const ANALYST = 'bob@example.com'
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const margay = new Binary()
const server = await margay.server()
const options = { viewport: { width: 1280, height: 900 }, reducedMotion: /** @type {const} */ ('reduce'), permissions: ['clipboard-read', 'clipboard-write'] }
const admins = await openBrowser(options)
const analysts = await openBrowser(options)
const admin = await admins.context.newPage()
const analyst = await analysts.context.newPage()
const faults = await watchFaults(admin)
const analystFaults = await watchFaults(analyst)
let password = ''
let token = ''

try {
  await step('the first administrator', async () => {
    await admin.goto(server.link)
    await tabToNamed(admin, 'textbox', 'Email')
    await admin.keyboard.type('ann@example.com')
    await tabToNamed(admin, 'textbox', 'Password')
    await admin.keyboard.type(PASSWORD)
    await admin.keyboard.press('Enter')
    await heading(admin, 'Log Sources')
  })
  await step('two keys lead to the settings, and there are users', async () => {
    await goTo(admin, ',')
    await heading(admin, 'Users')
    await admin.getByText('This is you').waitFor()
    await clean(admin)
  })
  await step('the last administrator cannot be disabled, and it is said why', async () => {
    await tabToNamed(admin, 'link', 'ann@example.com')
    await admin.keyboard.press('Enter')
    await heading(admin, 'ann@example.com')
    await admin.getByText('This is the last administrator who may sign in.').first().waitFor()
    const disable = admin.getByRole('button', { name: 'Disable…' })
    assert.equal(await disable.getAttribute('aria-disabled'), 'true')
    await tabToNamed(admin, 'button', 'Disable…')
    await admin.keyboard.press('Enter')
    assert.equal(await admin.getByRole('dialog', { name: /^Disable/ }).count(), 0)
    await clean(admin)
  })
  await step('an analyst is added; the password is shown once', async () => {
    await tabToNamed(admin, 'link', 'Users')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'link', 'Add user')
    await admin.keyboard.press('Enter')
    await heading(admin, 'Add user')
    await tabToNamed(admin, 'textbox', 'Email')
    await admin.keyboard.type('bob')
    await admin.keyboard.press('Enter')
    await admin.getByText('Enter an email address').waitFor()
    await focused(admin, 'textbox', 'Email')
    await admin.keyboard.press('End')
    await admin.keyboard.type('@example.com')
    await admin.keyboard.press('Enter')
    await admin.getByRole('heading', { name: `The password of ${ANALYST}` }).waitFor()
    password = await admin.locator('.shown-once-value code').innerText()
    assert.match(password, /^[a-z2-9]{4}(-[a-z2-9]{4}){4}$/)
    await clean(admin)
  })
  await step('who leaves without it is asked; copied, nobody is', async () => {
    await tabToNamed(admin, 'link', 'Alerts & Errors')
    await admin.keyboard.press('Enter')
    const dialog = admin.getByRole('dialog', { name: 'Leave without the password?' })
    await dialog.waitFor()
    await admin.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await tabToNamed(admin, 'button', 'Copy password')
    await admin.keyboard.press('Enter')
    await admin.getByText('Copied.').waitFor()
    assert.equal(await admin.evaluate(() => navigator.clipboard.readText()), password)
    await tabToNamed(admin, 'button', 'Done')
    await admin.keyboard.press('Enter')
    await heading(admin, ANALYST)
    assert.ok(!(await admin.content()).includes(password), 'it is not shown again')
  })
  await step('a token is made; its value is shown once', async () => {
    await admin.keyboard.press('Control+k')
    await admin.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Command')
    await admin.keyboard.type('api tok')
    await admin.keyboard.press('Enter')
    await heading(admin, 'API tokens')
    await tabToNamed(admin, 'link', 'Make token')
    await admin.keyboard.press('Enter')
    await heading(admin, 'Make API token')
    await tabToNamed(admin, 'button', 'Make token')
    await admin.keyboard.press('Enter')
    await admin.getByText('Choose at least one permission.').waitFor()
    await focused(admin, 'textbox', 'Name')
    await admin.keyboard.type('backup script')
    await admin.keyboard.press('Enter')
    await admin.waitForFunction(() => document.activeElement?.matches('fieldset.permissions'))
    await tabToNamed(admin, 'checkbox', 'Look at log sources, their health and alarms, and at schemas LogSourceRead')
    await admin.keyboard.press('Space')
    await clean(admin)
    await tabToNamed(admin, 'button', 'Make token')
    await admin.keyboard.press('Enter')
    await admin.getByRole('heading', { name: 'The value of backup script' }).waitFor()
    token = await admin.locator('.shown-once-value code').innerText()
    await clean(admin)
  })
  await step('the curl line runs as it stands', async () => {
    assert.deepEqual(await asked(await curlLine(), token), { status: 200, name: 'backup script', permissions: ['LogSourceRead'] })
    assert.ok(!(await curlLine()).includes(token), 'no secret in it')
  })
  await step('rotated, the old value is void at once', async () => {
    const line = await curlLine()
    await tabToNamed(admin, 'button', 'Copy token')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'button', 'Done')
    await admin.keyboard.press('Enter')
    await heading(admin, 'backup script')
    await tabToNamed(admin, 'button', 'Rotate…')
    await admin.keyboard.press('Enter')
    await admin.getByText('The old value is void at once').waitFor()
    await tabToNamed(admin, 'button', 'Rotate token')
    await admin.keyboard.press('Enter')
    await admin.getByRole('heading', { name: 'The value of backup script' }).waitFor()
    const rotated = await admin.locator('.shown-once-value code').innerText()
    assert.notEqual(rotated, token)
    assert.equal((await asked(line, token)).status, 401)
    assert.equal((await asked(line, rotated)).status, 200)
    await tabToNamed(admin, 'button', 'Done')
    await admin.keyboard.press('Enter')
  })
  await step('its permissions and networks are changed', async () => {
    await tabToNamed(admin, 'button', 'All that look')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'textbox', 'Allowed networks (optional)')
    await admin.keyboard.type('here')
    await tabToNamed(admin, 'button', 'Save')
    await admin.keyboard.press('Enter')
    await admin.getByText('“here” is no network.').waitFor()
    await focused(admin, 'textbox', 'Allowed networks (optional)')
    await admin.keyboard.press('Control+a')
    await admin.keyboard.type('203.0.113.7')
    await tabToNamed(admin, 'button', 'Save')
    await admin.keyboard.press('Enter')
    await admin.getByText('backup script is saved').waitFor()
    await admin.getByText('203.0.113.7/32').waitFor()
  })
  await step('the analyst signs in, and is told what they may not see, and who may', async () => {
    await analyst.goto(`${server.url}/login`)
    await signIn(analyst, ANALYST, password)
    await heading(analyst, 'Log Sources')
    await goTo(analyst, ',')
    await heading(analyst, 'Profile')
    const tabs = await analyst.getByRole('navigation', { name: 'Settings' }).getByRole('link').allInnerTexts()
    assert.ok(!tabs.includes('Users') && !tabs.includes('API tokens'), 'what is of administrators is not offered')
    for (const [path, permission] of [['users', 'UserRead'], ['users/new', 'UserModify'], ['api-tokens', 'OrganizationAPITokenRead'], ['api-tokens/new', 'OrganizationAPITokenModify']]) {
      await analyst.goto(`${server.url}/settings/${path}`)
      const state = analyst.locator('.state')
      await state.getByText('You may not see this').waitFor()
      assert.match(await state.innerText(), new RegExp(`permission ${permission}:[\\s\\S]*Your role is Analyst\\.[\\s\\S]*The role Admin has it`))
      await clean(analyst)
    }
  })
  await step('the matrix of the roles says what the server lets', async () => {
    for (const [page, role] of /** @type {const} */ ([[admin, 'Admin'], [analyst, 'Analyst']])) {
      await page.goto(`${server.url}/settings/roles`)
      await page.getByRole('table').waitFor()
      const { permissions } = await page.evaluate(async () => (await fetch('/api/v1/me')).json())
      const column = await page.getByRole('columnheader', { name: new RegExp(`^${role}\\b(?!,)`) }).evaluate((cell) => /** @type {HTMLTableCellElement} */ (cell).cellIndex)
      const rows = await page.locator('tbody tr:not(.table-group)').evaluateAll((all, index) => all.map((row) => [row.querySelector('code')?.textContent ?? '', row.children[index]?.textContent?.trim()]), column)
      for (const name of permissions) assert.deepEqual(rows.find(([shown]) => shown === name)?.[1], 'Yes', `${role} has ${name}`)
      // What this server does not know yet nobody has.
      const known = new Set(await adminPermissions())
      for (const [name = '', answer] of rows) if (known.has(name) && !permissions.includes(name)) assert.equal(answer, 'No', `${role} has not ${name}`)
    }
  })
  await step('the analyst changes their password and stays signed in', async () => {
    await analyst.goto(`${server.url}/settings/profile`)
    await tabToNamed(analyst, 'textbox', 'Current password')
    await analyst.keyboard.type('not the one')
    await tabToNamed(analyst, 'textbox', 'New password')
    await analyst.keyboard.type(OWN_PASSWORD)
    await analyst.keyboard.press('Enter')
    const alert = analyst.getByRole('alert')
    await alert.waitFor()
    assert.match(await alert.innerText(), /not the password that you have now/)
    assert.ok(await alert.evaluate((box) => box === document.activeElement), 'the message has the focus')
    await tabToNamed(analyst, 'textbox', 'Current password')
    await analyst.keyboard.press('Control+a')
    await analyst.keyboard.type(password)
    await analyst.keyboard.press('Enter')
    await analyst.getByText('Your password is changed').waitFor()
    assert.equal(await analyst.getByLabel('New password').inputValue(), '')
    await clean(analyst)
  })
  await step('disabled, they are signed out; what they typed stays until they sign in again', async () => {
    await analyst.goto(`${server.url}/integrations/destinations/new/webhook`)
    await tabToNamed(analyst, 'textbox', 'Display Name')
    await analyst.keyboard.type('Security channel')
    await admin.goto(`${server.url}/settings/users?q=bob`)
    await tabToNamed(admin, 'link', ANALYST)
    await admin.keyboard.press('Enter')
    await heading(admin, ANALYST)
    await tabToNamed(admin, 'button', 'Disable…')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'button', 'Disable user')
    await admin.keyboard.press('Enter')
    await admin.getByText(`${ANALYST} may not sign in any more`).waitFor()
    await tabToNamed(analyst, 'textbox', 'URL')
    await analyst.keyboard.type('https://example.com/hook')
    await analyst.keyboard.press('Enter')
    const dialog = analyst.getByRole('dialog', { name: 'Your session is over' })
    await dialog.waitFor()
    await signIn(analyst, ANALYST, OWN_PASSWORD)
    await dialog.getByRole('alert').waitFor()
    await tabToNamed(admin, 'button', 'Enable')
    await admin.keyboard.press('Enter')
    await admin.getByText(`${ANALYST} may sign in again`).waitFor()
    await analyst.keyboard.press('Tab')
    await signIn(analyst, ANALYST, OWN_PASSWORD)
    await dialog.waitFor({ state: 'hidden' })
    assert.equal(await analyst.getByLabel('Display Name').inputValue(), 'Security channel')
    assert.equal(await analyst.getByLabel('URL', { exact: true }).inputValue(), 'https://example.com/hook')
  })
  await step('a role holds at once', async () => {
    await tabToNamed(admin, 'radio', 'Analyst')
    await admin.keyboard.press('ArrowDown')
    await tabToNamed(admin, 'button', 'Save role')
    await admin.keyboard.press('Enter')
    await admin.getByText(`${ANALYST} is Analyst, read only now`).waitFor()
    await analyst.getByRole('button', { name: 'Add Destination' }).click()
    await analyst.getByRole('alert').getByText(/DestinationModify/).first().waitFor()
  })
  await step('a session is ended from the profile', async () => {
    const elsewhere = await openBrowser(options)
    const other = await elsewhere.context.newPage()
    await other.goto(`${server.url}/login`)
    await signIn(other, 'ann@example.com', PASSWORD)
    await heading(other, 'Log Sources')
    await admin.goto(`${server.url}/settings/profile`)
    const end = admin.getByRole('button', { name: /^End the session of/ })
    await end.first().waitFor()
    await tabToNamed(admin, 'button', (await end.first().getAttribute('aria-label')) ?? '')
    await admin.keyboard.press('Enter')
    await admin.getByText(/^Signed out of/).first().waitFor()
    await goTo(other, 'd')
    await other.getByRole('dialog', { name: 'Your session is over' }).waitFor()
    await elsewhere.close()
  })
  await step('the audit log tells of it: who, from where, before and after', async () => {
    await admin.goto(`${server.url}/settings/audit-log?object=user`)
    const change = admin.getByRole('row', { name: /ann@example\.com Change user bob@example\.com User Succeeded 127\.0\.0\.1/ }).first()
    await change.waitFor()
    await clean(admin)
    await tabToNamed(admin, 'link', 'Change user')
    await admin.keyboard.press('Enter')
    const drawer = admin.getByRole('dialog', { name: 'Change user' })
    await drawer.getByText('"AnalystReadOnly"').waitFor()
    assert.match(await drawer.locator('.differences').first().innerText(), /role\s+Changed\s+−\s+(Before:\s+)?"Analyst"\s+\+\s+(After:\s+)?"AnalystReadOnly"/)
    assert.match(admin.url(), /entry=/)
    await clean(admin)
    await admin.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    await admin.goBack()
    await admin.waitForURL((url) => !url.search.includes('entry='))
  })
  await step('it tells of what a token did, and of what was refused', async () => {
    await admin.goto(`${server.url}/settings/audit-log?outcome=failed`)
    await admin.getByRole('row', { name: /bob@example\.com Create destination.* Failed \(403\) 127\.0\.0\.1/ }).first().waitFor()
    await admin.getByRole('row', { name: /Sign in .*Failed \(401\)/ }).first().waitFor()
    await byToken('another script')
    await admin.goto(`${server.url}/settings/audit-log?actor=another+script`)
    await admin.getByRole('row', { name: /another script Create destination.*127\.0\.0\.1/ }).first().waitFor()
    await admin.goto(`${server.url}/settings/audit-log?actor=nobody-at-all`)
    await admin.getByText('No entry fits the filters').waitFor()
    await tabToNamed(admin, 'button', 'Clear filters')
    await admin.keyboard.press('Enter')
    await admin.getByRole('row').nth(1).waitFor()
  })
  await step('the same entries are found by a search', async () => {
    await admin.goto(`${server.url}/settings/audit-log?action=create_user&object=user`)
    await admin.getByRole('row', { name: /Create user bob@example\.com/ }).waitFor()
    await tabToNamed(admin, 'link', 'Search in Margay.Audit')
    await admin.keyboard.press('Enter')
    await heading(admin, 'Search')
    await admin.getByRole('grid').getByText('create_user').first().waitFor()
  })
  await step('an alarm of the server is set, and has its defaults again', async () => {
    await admin.goto(`${server.url}/settings/system`)
    await tabToNamed(admin, 'button', 'Edit the alarm Alerts do not arrive')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'textbox', 'Threshold')
    await admin.keyboard.press('Control+a')
    await admin.keyboard.type('2000')
    await admin.keyboard.press('Enter')
    await admin.getByText('Choose from 1 minute to 1 day.').waitFor()
    await focused(admin, 'textbox', 'Threshold')
    await admin.keyboard.press('Control+a')
    await admin.keyboard.type('45')
    await admin.keyboard.press('Enter')
    const row = admin.getByRole('row', { name: /Alerts do not arrive/ })
    await row.getByText('45 minutes').waitFor()
    await tabToNamed(admin, 'button', 'Edit the alarm Alerts do not arrive')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'button', 'Use the defaults')
    await admin.keyboard.press('Enter')
    await row.getByText('15 minutes').waitFor()
  })
  await step('the user and the token are deleted', async () => {
    await admin.goto(`${server.url}/settings/api-tokens`)
    await tabToNamed(admin, 'link', 'backup script')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'button', 'Delete…')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'button', 'Delete token')
    await admin.keyboard.press('Enter')
    await admin.getByText('backup script is deleted').waitFor()
    await admin.getByText('1 token', { exact: true }).waitFor()
    await admin.goto(`${server.url}/settings/users`)
    await tabToNamed(admin, 'link', ANALYST)
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'button', 'Delete…')
    await admin.keyboard.press('Enter')
    await tabToNamed(admin, 'button', 'Delete user')
    await admin.keyboard.press('Enter')
    await admin.getByText(`${ANALYST} is deleted`).waitFor()
    await admin.getByText('1 user', { exact: true }).waitFor()
  })
  assert.deepEqual([...faults, ...analystFaults], [])
  console.log('the walk went well')
} catch (error) {
  await admin.screenshot({ path: process.env.MARGAY_FAILED_PICTURE ?? 'walk-failed.png' })
  await analyst.screenshot({ path: (process.env.MARGAY_FAILED_PICTURE ?? 'walk-failed.png').replace('.png', '-analyst.png') })
  throw error
} finally {
  await admins.close()
  await analysts.close()
  await margay.stop()
}

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {string} text */
async function heading(page, text) {
  await page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor({ timeout: 30_000 })
}

/** @param {Page} page @param {string} email @param {string} secret */
async function signIn(page, email, secret) {
  for (const [field, value] of /** @type {const} */ ([['Email', email], ['Password', secret]])) {
    await tabToNamed(page, 'textbox', field)
    await page.keyboard.press('Control+a')
    await page.keyboard.type(value)
  }
  await page.keyboard.press('Enter')
}

/** The line that is offered to try the token. */
async function curlLine() {
  return admin.locator('.command-line code', { hasText: 'curl' }).innerText()
}

/**
 * Runs the line in a shell, as somebody would who pasted it.
 *
 * @param {string} line
 * @param {string} value
 */
async function asked(line, value) {
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { env: { PATH: process.env.PATH, CONSOLE_TOKEN: value }, timeout: 30_000 })
  const answer = JSON.parse(stdout)
  return 'status' in answer ? { status: answer.status } : { status: 200, name: answer.name, permissions: answer.permissions }
}

/**
 * Has a token of that name add a destination, as a program would.
 *
 * @param {string} name
 */
async function byToken(name) {
  const value = await admin.evaluate(async (called) => {
    const headers = { 'Content-Type': 'application/json', 'X-Margay-Console': '1' }
    const made = await fetch('/api/v1/api-tokens', { method: 'POST', headers, body: JSON.stringify({ name: called, permissions: ['DestinationModify'] }) })
    return (await made.json()).value
  }, name)
  const headers = { 'Content-Type': 'application/json', 'X-API-Key': value }
  const added = await fetch(`${server.api}/api/v1/destinations`, { method: 'POST', headers, body: JSON.stringify({ name: 'output', kind: 'stdout' }) })
  assert.equal(added.status, 201)
}

async function adminPermissions() {
  return /** @type {string[]} */ ((await admin.evaluate(async () => (await fetch('/api/v1/me')).json())).permissions)
}

/** @param {Page} page */
async function clean(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze()
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`), [])
}

/** @param {Page} page @param {import('./keyboard.mjs').Role} role @param {string} label */
async function focused(page, role, label) {
  const wanted = page.getByRole(role, { name: label, exact: true }).first()
  await page.waitForFunction(() => document.activeElement !== document.body)
  assert.ok(await wanted.evaluate((element) => element === document.activeElement), `${label} has the focus`)
}
