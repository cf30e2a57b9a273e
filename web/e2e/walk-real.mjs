// The guide's steps against the real binary and the simulator: an empty folder, the link that `serve` prints, the first administrator, the
// wizard, events. See e2e/binary.mjs for what it needs.
import assert from 'node:assert/strict'
import { Binary } from './binary.mjs'
import { openBrowser, watchFaults } from './browser.mjs'

const PASSWORD = 'a phrase that nobody has'
/** What is searched is there by then, or there is nothing yet. */
const ROWS_MS_MAX = 2_000
const margay = new Binary()

try {
  const { api, organization, token } = await margay.simulator(undefined, '--events', '3000', '--live-per-minute', '60')
  const { link } = await margay.server()
  const began = Date.now()
  const { context, close } = await openBrowser({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const faults = await watchFaults(page)
  await page.goto(link)
  await page.getByLabel('Email').fill('ann@example.com')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create Administrator' }).click()
  await page.getByRole('link', { name: 'Log Sources' }).first().click()
  await page.getByRole('link', { name: 'Create New' }).or(page.getByRole('button', { name: 'Create New' })).first().click()
  await page.getByText('Asana', { exact: true }).first().click()
  await page.getByRole('link', { name: 'Start Source Setup' }).or(page.getByRole('button', { name: 'Start Source Setup' })).first().click()
  await page.getByLabel('Name').fill('My Asana logs')
  await page.getByRole('button', { name: 'Continue Setup' }).click()
  await page.getByLabel('Organization Id').fill(organization)
  await page.getByLabel('Service Account Token').fill(token)
  await page.getByText('Asana is simulated or behind another address').click()
  await page.getByLabel(/API address/).fill(api)
  await page.getByRole('button', { name: 'Continue Setup' }).click()
  await page.getByText('events received').first().waitFor()
  await page.getByRole('button', { name: 'Finish Setup' }).click()
  await page.getByText('My Asana logs is set up').waitFor()
  await page.getByText('Healthy').first().waitFor()
  await page.getByRole('link', { name: 'Search its events' }).click()
  // What has arrived lands within seconds.
  const cell = page.locator('[role=gridcell]').first()
  const isShown = () => cell.waitFor({ timeout: ROWS_MS_MAX }).then(() => true, () => false)
  while (!(await isShown())) await page.getByRole('button', { name: /^Run/ }).click()
  console.log(`from the printed link to events in Search: ${(Date.now() - began) / 1000} s`)
  await context.clearCookies()
  await page.reload()
  await page.getByLabel('Email').fill('ann@example.com')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await cell.waitFor()
  assert.deepEqual(faults, [])
  await close()
} finally {
  await margay.stop()
}
