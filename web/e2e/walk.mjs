// `npm run walk`: the steps of the setup guide, by keyboard only and by the guide's own labels; then what may go wrong in them.
//
// Needs a built `dist`, a running server that may reach the simulator, and the simulator:
// MARGAY_SERVER, MARGAY_DEV_TOKEN, MARGAY_SIMULATOR, MARGAY_SIMULATOR_ORGANIZATION, MARGAY_SIMULATOR_TOKEN_FILE.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { openBrowser, watchFaults } from './browser.mjs'
import { serveConsole } from './console-server.mjs'

const simulator = {
  url: needed('MARGAY_SIMULATOR'),
  organization: needed('MARGAY_SIMULATOR_ORGANIZATION'),
  token: readFileSync(needed('MARGAY_SIMULATOR_TOKEN_FILE'), 'utf8').trim(),
}
const WRONG_TOKEN = 'no-such-token-4711'
const name = `My Asana logs ${Date.now()}`
const TABS_MAX = 60

const served = await serveConsole()
const { context, close } = await openBrowser({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
const page = await context.newPage()
const faults = await watchFaults(page)
try {
  // Where it begins depends on whether there are events already.
  await page.goto(served.url)
  await page.locator('h1').waitFor()
  await step('the left bar leads to Log Sources', async () => {
    await tabTo('link', 'Log Sources')
    await page.keyboard.press('Enter')
    await heading('Log Sources')
  })
  await step('Create New, Asana, Start Source Setup', async () => {
    await tabTo('link', 'Create New')
    await page.keyboard.press('Enter')
    await heading('Create New')
    await page.keyboard.type('asa')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Asana' }).waitFor()
    await tabTo('link', 'Start Source Setup')
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
    await tabTo('textbox', 'Organization Id')
    await page.keyboard.type(`https://app.asana.com/admin/${simulator.organization}/settings`)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: `Use ${simulator.organization}` }).click()
    assert.equal(await page.getByLabel('Organization Id').inputValue(), simulator.organization)
  })
  await step('a wrong token is diagnosed; what was typed stays; the token is nowhere', async () => {
    await page.getByText('is simulated or behind another address').click()
    await page.getByLabel('API address').fill(simulator.url)
    await page.getByLabel('Service Account Token').fill(`  ${WRONG_TOKEN}\n`)
    await tabTo('button', 'Continue Setup')
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
    await dialog.getByRole('textbox', { name: 'Password' }).fill('a long enough phrase')
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
    await tabTo('button', 'Finish Setup')
    await page.keyboard.press('Enter')
    await heading(name)
    await page.getByText(`${name} is set up`).waitFor()
  })
  await step('a chart is read and zoomed by keyboard', async () => {
    await tabTo('slider', 'Events by log type')
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
  served.close()
}

/**
 * @param {string} what
 * @param {() => Promise<void>} act
 */
async function step(what, act) {
  await act()
  console.log(`✓ ${what}`)
}

/** @param {string} text */
async function heading(text) {
  await page.getByRole('heading', { level: 1, name: text }).waitFor({ timeout: 60_000 })
}

/**
 * Presses Tab until the wanted control has the focus; on the way each focused control has to be seen.
 *
 * @param {'link' | 'button' | 'textbox' | 'slider'} role
 * @param {string} label
 */
async function tabTo(role, label) {
  const wanted = page.getByRole(role, { name: label, exact: true }).first()
  await wanted.waitFor()
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
    const hidden = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body || element.hasAttribute('data-base-ui-focus-guard')) return null
      const { left, top, width, height } = element.getBoundingClientRect()
      const isInView = width > 0 && height > 0 && left + width > 0 && top + height > 0 && left < innerWidth && top < innerHeight
      const hasOutline = getComputedStyle(element).outlineStyle !== 'none'
      return isInView && hasOutline ? null : `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`
    })
    assert.equal(hidden, null, 'what has the focus is seen')
  }
  assert.fail(`no ${role} “${label}” within ${TABS_MAX} tabs`)
}

/** @param {string} secret */
async function assertNowhere(secret) {
  const places = await page.evaluate(() => JSON.stringify([document.body.innerText, location.href, { ...localStorage }, { ...sessionStorage }, history.state]))
  assert.ok(!places.includes(secret), 'the secret is in no text, address or storage')
}

function problem401() {
  return { type: 'urn:margay:problem:token_missing', title: 'Sign in', status: 401, detail: 'the session is over', code: 'token_missing', request_id: 'r' }
}

/** @param {string} variable */
function needed(variable) {
  const value = process.env[variable]
  if (!value) {
    console.error(`${variable} is not set\nhint: see the head of e2e/walk.mjs`)
    process.exit(2)
  }
  return value
}
