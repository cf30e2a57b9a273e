// `npm run walk`: the steps of the setup guide, by keyboard only and by the guide's own labels; then what may go wrong in them. See e2e/binary.mjs
// for what it needs.
import assert from 'node:assert/strict'
import { Binary, step } from './binary.mjs'
import { openBrowser, watchFaults } from './browser.mjs'
import { tabToNamed } from './keyboard.mjs'

const PASSWORD = 'a long enough phrase'
const WRONG_TOKEN = 'no-such-token-4711'
const name = 'My Asana logs'

const margay = new Binary()
const simulator = await margay.simulator(undefined, '--events', '3000', '--live-per-minute', '600')
const { link } = await margay.server()
const { context, close } = await openBrowser({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
const page = await context.newPage()
const faults = await watchFaults(page)
try {
  await page.goto(link)
  await step('the link makes the first administrator', async () => {
    await tabToNamed(page, 'textbox', 'Email')
    await page.keyboard.type('ann@example.com')
    await tabToNamed(page, 'textbox', 'Password')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await heading('Log Sources')
  })
  await step('the left bar leads to Log Sources', async () => {
    await tabToNamed(page, 'link', 'Log Sources')
    await page.keyboard.press('Enter')
    await heading('Log Sources')
  })
  await step('Create New, Asana, Start Source Setup', async () => {
    await tabToNamed(page, 'link', 'Create New')
    await page.keyboard.press('Enter')
    await heading('Create New')
    await page.keyboard.type('asa')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Asana' }).waitFor()
    await tabToNamed(page, 'link', 'Start Source Setup')
    await page.keyboard.press('Enter')
  })
  await step('a name is needed, then Continue Setup', async () => {
    await page.getByLabel('Name').waitFor()
    await page.keyboard.press('Enter')
    assert.equal(await page.getByLabel('Name').getAttribute('aria-invalid'), 'true')
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')
    await page.getByLabel('Organization Id').waitFor()
  })
  await step('a pasted address offers the number in it', async () => {
    await tabToNamed(page, 'textbox', 'Organization Id')
    await page.keyboard.type(`https://app.asana.com/admin/${simulator.organization}/settings`)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: `Use ${simulator.organization}` }).click()
    assert.equal(await page.getByLabel('Organization Id').inputValue(), simulator.organization)
  })
  await step('a wrong token is diagnosed; what was typed stays; the token is nowhere', async () => {
    await page.getByText('is simulated or behind another address').click()
    await page.getByLabel('API address').fill(simulator.api)
    await page.getByLabel('Service Account Token').fill(`  ${WRONG_TOKEN}\n`)
    await tabToNamed(page, 'button', 'Continue Setup')
    await page.keyboard.press('Enter')
    const alert = page.getByRole('alert')
    await alert.waitFor()
    assert.match(await alert.innerText(), /does not recognise this token/)
    assert.ok(await alert.evaluate((box) => box === document.activeElement), 'the message has the focus')
    assert.equal(await page.getByLabel('Service Account Token').getAttribute('aria-invalid'), 'true')
    assert.equal(await page.getByLabel('Organization Id').inputValue(), simulator.organization)
    assert.equal(await page.getByLabel('Service Account Token').inputValue(), WRONG_TOKEN)
    await assertNowhere(WRONG_TOKEN)
  })
  await step('a reload loses nothing but the token', async () => {
    await page.reload()
    await page.getByLabel('Organization Id').waitFor()
    assert.equal(await page.getByLabel('Organization Id').inputValue(), simulator.organization)
    assert.equal(await page.getByLabel('Service Account Token').inputValue(), '')
  })
  await step('Back and forward keep the steps', async () => {
    await page.goBack()
    assert.equal(await page.getByLabel('Name').inputValue(), name)
    await page.goForward()
    await page.getByLabel('Organization Id').waitFor()
  })
  await step('the session ends: signing in again, over the page', async () => {
    await page.route('**/api/v1/log-sources', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 401, json: problem401() }) : route.continue()))
    await page.getByLabel('Service Account Token').fill(simulator.token)
    await page.getByRole('button', { name: 'Continue Setup' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your session is over' })
    await dialog.waitFor()
    await page.unroute('**/api/v1/log-sources')
    await dialog.getByLabel('Email').fill('ann@example.com')
    await dialog.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    assert.equal(await page.getByLabel('Service Account Token').inputValue(), simulator.token)
  })
  await step('the right token connects', async () => {
    await page.getByRole('button', { name: 'Continue Setup' }).click()
    await heading('Asana is connected')
    await assertNowhere(simulator.token)
  })
  await step('events arrive while one watches', async () => {
    await page.locator('.live-count', { hasText: /[1-9]/ }).waitFor({ timeout: 90_000 })
  })
  await step('the alarm is on; Finish Setup', async () => {
    assert.equal(await page.getByRole('switch', { name: 'Alarm me when logs stop arriving' }).getAttribute('aria-checked'), 'true')
    await tabToNamed(page, 'button', 'Finish Setup')
    await page.keyboard.press('Enter')
    await heading(name)
    await page.getByText(`${name} is set up`).waitFor()
  })
  await step('a chart is read and zoomed by keyboard', async () => {
    await tabToNamed(page, 'slider', 'Events by log type')
    await page.keyboard.press('End')
    assert.match((await page.getByRole('slider', { name: 'Events by log type' }).getAttribute('aria-valuetext')) ?? '', /Asana\.Audit/)
    await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Enter')
    await page.waitForURL(/from=/)
  })
  await step('the server is lost and found', async () => {
    await page.route('**/api/**', (route) => route.abort())
    await page.getByText('The console lost its server.').waitFor({ timeout: 30_000 })
    await page.unroute('**/api/**')
    await page.getByText('The console lost its server.').waitFor({ state: 'hidden', timeout: 30_000 })
  })
  await step('unsaved input is not lost by leaving', async () => {
    await page.getByRole('link', { name: 'Configuration' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Another name')
    await page.getByRole('link', { name: 'Overview' }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Another name')
    await page.goBack()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL(/overview/)
    await heading(name)
  })
  await step('a rename is seen at once', async () => {
    await page.getByRole('link', { name: 'Configuration' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(`${name} <b>renamed</b>`)
    await page.keyboard.press('Enter')
    await heading(`${name} <b>renamed</b>`)
    await page.getByRole('textbox', { name: 'Name' }).fill(name)
    await page.keyboard.press('Enter')
    await heading(name)
  })
  await step('a source is polled as often as one says, and again as the server does', async () => {
    const polling = page.getByRole('region', { name: 'Polling' })
    const interval = polling.getByLabel('Poll interval')
    await polling.getByText('the server’s default counts: 2 s.').waitFor()
    await interval.fill('0')
    await page.keyboard.press('Enter')
    await polling.getByText('Whole seconds from 1 to 86,400').waitFor()
    assert.equal(await interval.getAttribute('aria-invalid'), 'true')
    for (const { text, said } of [
      { text: '300', said: 'It is polled every 5 min' },
      { text: '', said: 'It is polled as often as the server says' },
    ]) {
      await interval.fill(text)
      await page.keyboard.press('Enter')
      await page.getByText(said).waitFor()
      await page.reload()
      await polling.getByText('the server’s default counts: 2 s.').waitFor()
      assert.equal(await interval.inputValue(), text)
    }
  })
  await step('a refused token keeps the one that is stored', async () => {
    await page.getByRole('button', { name: 'Replace token…' }).click()
    await page.getByLabel('Service Account Token').fill(WRONG_TOKEN)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('alert').waitFor()
    assert.equal(await page.getByLabel('Service Account Token').inputValue(), WRONG_TOKEN)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  })
  await step('the alarm is set, out of bounds it is refused', async () => {
    const alarm = page.getByRole('region', { name: 'Log drop-off alarm' })
    await alarm.getByLabel('Raise an error after').fill('40')
    await alarm.getByRole('button', { name: 'Save alarm' }).click()
    await alarm.getByText('Choose from 15 minutes to 30 days.').waitFor()
    await alarm.getByLabel('Unit').selectOption('hours')
    await alarm.getByRole('button', { name: 'Save alarm' }).click()
    await page.getByText('The alarm is set').first().waitFor()
  })
  await step('deleting needs the name', async () => {
    await page.getByRole('button', { name: 'Delete…' }).click()
    await page.getByRole('button', { name: 'Delete log source' }).click()
    await page.getByText('That is another name.').waitFor()
    await page.getByLabel(/^Type/).fill(name)
    await page.keyboard.press('Enter')
    await heading('Log Sources')
    await page.getByText(`${name} is deleted`).waitFor()
  })
  assert.deepEqual(faults, [])
  console.log('the walk went well')
} catch (error) {
  await page.screenshot({ path: process.env.MARGAY_FAILED_PICTURE ?? 'walk-failed.png' })
  throw error
} finally {
  await close()
  await margay.stop()
}

/** @param {string} text */
async function heading(text) {
  await page.getByRole('heading', { level: 1, name: text }).waitFor({ timeout: 60_000 })
}

/** @param {string} secret */
async function assertNowhere(secret) {
  const places = await page.evaluate(() => JSON.stringify([document.body.innerText, location.href, { ...localStorage }, { ...sessionStorage }, history.state]))
  assert.ok(!places.includes(secret), 'the secret is in no text, address or storage')
}

function problem401() {
  return { type: 'urn:margay:problem:token_missing', title: 'Sign in', status: 401, detail: 'the session is over', code: 'token_missing', request_id: 'r' }
}
