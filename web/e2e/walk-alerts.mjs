// `npm run walk:alerts`: a destination is added, tested, changed and deleted; a token that is revoked raises an alert, which is triaged, assigned and
// commented. See e2e/binary.mjs for what it needs.
import assert from 'node:assert/strict'
import { Binary, step } from './binary.mjs'
import { openBrowser, watchFaults } from './browser.mjs'
import { goTo } from './keyboard.mjs'

const PASSWORD = 'a long enough phrase'
const ALERT_MS_MAX = 5 * 60_000
/** Enough requests to add the source; then its token is no longer taken. */
const REVOKED = 'faults_end: {requests: 1000000}\nfaults:\n  - fault: unauthorized\n    at: [25-1000000]\n'
const name = 'Output'
const margay = new Binary()
const { api, organization, token } = await margay.simulator(REVOKED, '--events', '50')
const { link, url } = await margay.server()
const { context, close } = await openBrowser({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
const page = await context.newPage()
const faults = await watchFaults(page)
const box = (/** @type {string} */ label) => page.getByRole('textbox', { name: label, exact: true })
const press = (/** @type {string} */ label) => page.getByRole('button', { name: label, exact: true }).click()
try {
  await step('the first administrator adds a log source', async () => {
    await page.goto(link)
    await box('Email').fill('ann@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await press('Create Administrator')
    await heading('Log Sources')
    const body = { label: 'My Asana logs', organizationId: organization, token, apiUrl: api }
    const made = await context.request.post(`${url}/api/v1/log-sources`, { headers: { 'X-Margay-Console': '1' }, data: body })
    assert.equal(made.status(), 201, await made.text())
  })
  await step('a destination needs what its kind needs', async () => {
    await page.goto(`${url}/integrations/destinations/new`)
    await page.getByRole('link', { name: /^Webhook/ }).click()
    await press('Add Destination')
    await page.getByText('Enter URL.').waitFor()
    assert.ok(await box('Display Name').evaluate((input) => input === document.activeElement), 'the first wrong field has the focus')
    assert.match(await page.title(), /^Error: /)
  })
  await step('what the server refuses is said; the input stays', async () => {
    await box('Display Name').fill(name)
    await page.getByRole('textbox', { name: 'URL' }).fill('ftp://nowhere')
    await press('Add Destination')
    await page.getByRole('alert').waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'URL' }).inputValue(), 'ftp://nowhere')
  })
  await step('a destination is added', async () => {
    await page.goto(`${url}/integrations/destinations/new/stdout`)
    page.once('dialog', (dialog) => dialog.accept())
    await box('Display Name').fill(name)
    await page.getByRole('checkbox', { name: 'Low' }).click()
    await press('Add Destination')
    await heading(name)
  })
  await step('a test alert arrives', async () => {
    await press('Send test alert')
    await page.getByText('The test alert arrived').waitFor()
  })
  await step('it is changed; what was not chosen stays so', async () => {
    assert.equal(await page.getByRole('checkbox', { name: 'Low' }).getAttribute('aria-checked'), 'false')
    await page.getByRole('checkbox', { name: 'System errors' }).click()
    await page.getByText('do not come here').waitFor()
    await page.getByRole('switch', { name: 'Alerts go there' }).click()
    await press('Save')
    await page.getByText(`${name} is saved`).waitFor()
    await page.reload()
    await page.getByText('do not come here').waitFor()
    assert.equal(await page.getByRole('switch', { name: 'Alerts go there' }).getAttribute('aria-checked'), 'false')
  })
  await step('it is deleted', async () => {
    await press('Delete…')
    await press('Delete destination')
    await heading('Alert Destinations')
    await page.getByText(`${name} is deleted`).waitFor()
    assert.equal(await page.getByRole('link', { name }).count(), 0)
  })
  await step('an alert is found by its filters', async () => {
    await goTo(page, 'a')
    await heading('Alerts & Errors')
    await page.getByLabel('Status', { exact: true }).selectOption('all')
    await page.waitForURL(/status=all/)
    // A server that has just begun to poll raises no alert for three minutes.
    await page.getByRole('table').getByRole('link', { name: /My Asana logs/ }).first().waitFor({ timeout: ALERT_MS_MAX })
    await page.getByRole('table').getByRole('link').first().click()
    await page.getByRole('heading', { name: 'What happened' }).waitFor()
  })
  await step('it is triaged, assigned and commented', async () => {
    const status = page.getByLabel('Status', { exact: true })
    await status.selectOption('TRIAGED')
    await page.locator('.page-title').getByText('Triaged').waitFor()
    await box('Looked after by (optional)').fill('ann@example.com')
    await press('Assign')
    await page.getByText('Assigned').first().waitFor()
    const comment = `<script>alert(${Date.now()})</script>\nsecond line`
    await box('Comment').fill(comment)
    await press('Add comment')
    await page.locator('.timeline').getByText(comment).last().waitFor()
    assert.equal(await box('Comment').inputValue(), '')
    await status.selectOption('OPEN')
    await page.locator('.page-title').getByText('Open').waitFor()
  })
  await step('a delivery that waits is sent again', async () => {
    const resend = page.getByRole('button', { name: 'Resend' })
    if ((await resend.count()) === 0) return
    await resend.first().click()
    await page.locator('.timeline').getByText('Sent again').first().waitFor()
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
  await page.getByRole('heading', { level: 1, name: text }).waitFor({ timeout: 30_000 })
}
