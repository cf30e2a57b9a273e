// Wrong credentials against the real binary: each row of the table of diagnoses, in the wizard, by keyboard; then replacing a token.
//
// Rows that the simulator has no fault for are answered by a stand-in. Needs the binary (e2e/binary.mjs) and openssl.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { Binary, step } from './binary.mjs'
import { openBrowser, watchFaults } from './browser.mjs'
import { refused, serveSelfSigned, serveVendors } from './vendor-stand-in.mjs'

const PASSWORD = 'a phrase that nobody has'
const WRONG_TOKEN = '2/1199999999999999/1199999999999998:0123456789abcdef0123456789abcdef'
const OTHER_ORGANIZATION = '1999999999999999'
/** A check gives up after ten seconds. */
const CHECK_MS_MAX = 15_000

const margay = new Binary()
/** What must be nowhere. */
const secrets = new Set([WRONG_TOKEN])
/** Bodies of all answers of our own API. */
const answers = /** @type {string[]} */ ([])
const personal = { data: { gid: '1', name: 'Jane Doe', email: 'jane@example.com', workspaces: [] } }
const account = { data: { gid: '2', name: 'audit export', workspaces: [{ gid: '1209000000000001', name: 'Acme Inc' }] } }
const vendors = await serveVendors({
  personal: { log: refused(403, 'Forbidden'), owner: { status: 200, body: personal } },
  elsewhere: { log: refused(404, 'workspace: Unknown object'), owner: { status: 200, body: account } },
  rejects: { log: refused(400, 'workspace: Not a recognized ID') },
})

const tls = await serveSelfSigned(margay.folder)
const live = await margay.simulator(undefined, '--events', '500', '--live-per-minute', '600')
const always = (/** @type {string} */ fault) => margay.simulator(`faults_end: {requests: 1000000}\nfaults:\n  - fault: ${fault}\n`, '--events', '50')
const [plan, forbidden, slow, trouble, silent, page200] = await Promise.all([
  always('plan_refused'),
  always('forbidden'),
  always('{rate_limit: {retry_after_s: 37}}'),
  always('{server_error: {status: 500, phrase: given}}'),
  always('hang'),
  always('{html: {status: 200}}'),
])
for (const { token } of [live, plan, forbidden, slow, trouble, silent, page200]) secrets.add(token)

const closed = `http://127.0.0.1:${await freePort()}/api/1.0`
/** With the port: the message of the row before is another one. */
const cannotReach = (/** @type {string} */ api) => new RegExp(`^This server cannot reach ${new URL(api).host}$`)

/** @typedef {'organizationId' | 'token' | undefined} Marked the field that has to be looked at */
/** @type {Array<{ row: string, api: string, organization?: string, token?: string, title: RegExp, marked: Marked, says: RegExp, offers?: string[] }>} */
const ROWS = [
  { row: 'B a token that nobody knows (401)', api: live.api, token: WRONG_TOKEN, title: /^Asana does not recognise this token$/, marked: 'token', says: /mistyped or was cut off/, offers: ['Keep trying for 5 min'] },
  { row: 'C a person’s token (403)', api: vendors.url('personal'), title: /^This looks like a personal access token$/, marked: 'token', says: /Jane Doe \(jane@example\.com\)/ },
  { row: 'D another organization (404)', api: live.api, organization: OTHER_ORGANIZATION, title: new RegExp(`^No organization ${OTHER_ORGANIZATION} for this token$`), marked: 'organizationId', says: /Copy the Domain ID again/ },
  { row: 'D another organization, and the vendor tells which', api: vendors.url('elsewhere'), title: new RegExp(`^No organization ${live.organization} for this token$`), marked: 'organizationId', says: /1209000000000001 \(Acme Inc\)/ },
  { row: 'E a plan without the audit log (402)', api: plan.api, title: /^This organization has no audit log API$/, marked: 'organizationId', says: /Enterprise\+/ },
  { row: 'F a service account without the permission (403)', api: forbidden.api, title: /^This token may not read the audit log$/, marked: 'token', says: /Audit logs[\s\S]*plan does not include[\s\S]*listed addresses only/ },
  { row: 'G a request that is rejected (400)', api: vendors.url('rejects'), title: /^Asana rejects the request$/, marked: 'organizationId', says: /not one that Asana accepts/ },
  { row: 'H too many requests (429)', api: slow.api, title: /^Asana asks us to slow down$/, marked: undefined, says: /Try again after/, offers: ['Try again', 'Save and keep trying'] },
  { row: 'I trouble at the vendor (500)', api: trouble.api, title: /^Asana has a problem right now$/, marked: undefined, says: /usually passes by itself/, offers: ['Try again', 'Save and keep trying'] },
  { row: 'J nobody listens there', api: closed, title: cannotReach(closed), marked: undefined, says: /was refused[\s\S]*is not running/, offers: ['Try again', 'Save and keep trying'] },
  { row: 'J a certificate that nobody has signed', api: tls.url, title: cannotReach(tls.url), marked: undefined, says: /No secure connection \(TLS\)[\s\S]*--ca-file/ },
  { row: 'J no TLS there at all', api: live.api.replace('http:', 'https:'), title: /^The connection to 127\.0\.0\.1:\d+ broke$/, marked: undefined, says: /not judged/, offers: ['Try again'] },
  { row: 'J no answer in time', api: silent.api, title: cannotReach(silent.api), marked: undefined, says: /did not answer in time/, offers: ['Try again', 'Save and keep trying'] },
  { row: 'something else answers (a page with 200)', api: page200.api, title: /^This is not the answer of Asana's audit log$/, marked: undefined, says: /proxy/ },
]

const server = await margay.server('--log', 'debug')
const { context, close } = await openBrowser({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
const page = await context.newPage()
const faults = await watchFaults(page)
page.on('response', (response) => {
  if (new URL(response.url()).pathname.startsWith('/api/')) void response.text().then((text) => answers.push(text), () => undefined)
})
const organizationId = page.getByLabel('Organization Id')
const token = page.getByLabel('Service Account Token')
const address = page.getByLabel(/API address/)

try {
  await step('the first administrator, and the second step of the wizard', async () => {
    await page.goto(server.link)
    await page.getByLabel('Email').fill('ann@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Log Sources' }).waitFor()
    await page.goto(`${server.url}/integrations/log-sources/new/asana?step=name`)
    await page.getByLabel('Name').fill('My Asana logs')
    await page.keyboard.press('Enter')
    await organizationId.waitFor()
    await page.getByText('Asana is simulated or behind another address').click()
  })
  for (const row of ROWS) await step(row.row, () => diagnosed(row))
  await step('K the server is gone: the input stays', async () => {
    await margay.end(server)
    await type(live.organization, live.token, live.api)
    await page.keyboard.press('Enter')
    await page.getByText('The console lost its server').first().waitFor()
    await kept(live.organization, live.token, live.api)
    await nowhere()
  })
  await step('K it is there again: the same input connects', async () => {
    const { port } = new URL(server.api)
    const again = ['serve', '--data-dir', `${margay.folder}/data`, '--listen', `127.0.0.1:${port}`, '--allow-api-address', '127.0.0.1', '--poll-interval', '2s', '--log', 'debug']
    // There is nobody to make any more, so that it prints no link; the console notices by itself that it is there.
    void margay.start(again, /(nothing)/).catch(() => undefined)
    await page.locator('.notice-bar').waitFor({ state: 'hidden', timeout: 30_000 })
    await token.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Asana is connected' }).waitFor({ timeout: CHECK_MS_MAX })
    await page.getByRole('button', { name: 'Finish Setup' }).click()
    await page.getByText('Healthy').first().waitFor({ timeout: 30_000 })
    await nowhere()
  })
  await step('a bad new token is refused; the old one goes on', async () => {
    await page.getByRole('link', { name: 'Configuration' }).click()
    await page.getByRole('button', { name: 'Replace token…' }).click()
    await token.fill(WRONG_TOKEN)
    await page.keyboard.press('Enter')
    const alert = page.getByRole('dialog', { name: 'Replace token' }).getByRole('alert')
    await alert.waitFor({ timeout: CHECK_MS_MAX })
    assert.match(await alert.innerText(), /does not recognise this token/)
    assert.ok(await alert.evaluate((box) => box === document.activeElement), 'the message has the focus')
    assert.equal(await token.getAttribute('aria-invalid'), 'true')
    assert.equal(await token.inputValue(), WRONG_TOKEN)
    await nowhere()
    const refusedAt = Date.now()
    await until('the source is polled on with the old token', async () => Date.parse((await health()).polls.lastSuccessAt) > refusedAt)
    assert.equal((await health()).polls.consecutiveFailures, 0)
  })
  await step('a good one is taken', async () => {
    await token.fill(` Bearer ${live.token}\n`)
    await page.keyboard.press('Enter')
    await page.getByText('My Asana logs has a new token').waitFor({ timeout: CHECK_MS_MAX })
    await page.getByRole('dialog', { name: 'Replace token' }).waitFor({ state: 'hidden' })
    const takenAt = Date.now()
    await until('the source is polled with the new token', async () => Date.parse((await health()).polls.lastSuccessAt) > takenAt)
    await nowhere()
  })
  await step('no token in any answer, nor in the log of the server', async () => {
    assert.ok(answers.length > ROWS.length, 'the answers were looked at')
    const log = margay.started.filter(({ child }) => child.spawnargs.includes('serve')).map(({ output }) => output())
    assert.ok(log.join('').includes('DEBUG'), 'the log tells more than it does by default')
    for (const secret of secrets) {
      assert.ok(!answers.some((text) => text.includes(secret)), 'in no answer')
      assert.ok(!log.some((text) => text.includes(secret)), 'not in the log')
    }
  })
  assert.deepEqual(faults, [])
  console.log('the walk went well')
} catch (error) {
  await page.screenshot({ path: process.env.MARGAY_FAILED_PICTURE ?? 'walk-failed.png' })
  throw error
} finally {
  await close()
  vendors.close()
  tls.close()
  await margay.stop()
}

/** @param {(typeof ROWS)[number]} row */
async function diagnosed({ api, organization = live.organization, token: typed = live.token, title, marked, says, offers = [] }) {
  await type(organization, typed, api)
  await page.keyboard.press('Enter')
  const alert = page.getByRole('alert').filter({ has: page.getByRole('heading', { name: title }) })
  await alert.waitFor({ timeout: CHECK_MS_MAX })
  assert.match(await alert.innerText(), says)
  assert.ok(await alert.evaluate((box) => box === document.activeElement), 'the message has the focus')
  assert.match(await page.title(), /^Error: /)
  assert.equal(await organizationId.getAttribute('aria-invalid'), marked === 'organizationId' ? 'true' : null, 'the organization is marked only if it is that')
  assert.equal(await token.getAttribute('aria-invalid'), marked === 'token' ? 'true' : null, 'the token is marked only if it is that')
  for (const offer of offers) assert.ok(await alert.getByRole('button', { name: offer }).isVisible(), `offers “${offer}”`)
  await alert.getByText('What we saw').click()
  assert.match(await alert.innerText(), /audit_log_events/)
  await kept(organization, typed, api)
  await nowhere()
}

/** @param {string} organization @param {string} secret @param {string} api */
async function type(organization, secret, api) {
  await organizationId.fill(organization)
  await address.fill(api)
  await token.fill(secret)
}

/** @param {string} organization @param {string} secret @param {string} api */
async function kept(organization, secret, api) {
  assert.deepEqual([await organizationId.inputValue(), await token.inputValue(), await address.inputValue()], [organization, secret, api])
  assert.equal(await token.getAttribute('type'), 'password')
}

/** No token in what can be read on the page, its address, its history, its storage. */
async function nowhere() {
  const places = await page.evaluate(() => {
    // The field's own value is where it was typed.
    const isField = (/** @type {Attr} */ { name, ownerElement }) => name === 'value' && ownerElement instanceof HTMLInputElement
    const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].filter((one) => !isField(one)).map(({ value }) => value))
    return JSON.stringify([document.body.innerText, document.title, location.href, history.state, { ...localStorage }, { ...sessionStorage }, attributes])
  })
  for (const secret of secrets) assert.ok(!places.includes(secret), 'no token in text, address or storage')
}

async function health() {
  const id = /log-sources\/([^/]+)\//.exec(page.url())?.[1]
  return page.evaluate(async (source) => (await fetch(`/api/v1/log-sources/${source}/health`)).json(), id)
}

/**
 * @param {string} what
 * @param {() => Promise<boolean>} isSo
 */
async function until(what, isSo) {
  const end = Date.now() + 30_000
  while (!(await isSo())) {
    assert.ok(Date.now() < end, what)
    await page.waitForTimeout(250)
  }
}

/** @returns {Promise<number>} a port that nothing listens on */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
