// A schema from pasted samples to the archive, by keyboard, against the real binary: infer, mend, test, save, change, archive, restore. Then what a
// source shows of its schema, coverage, audits and rehearsals. See e2e/binary.mjs for what it needs.
import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import { Binary } from './binary.mjs'
import { openBrowser, watchFaults } from './browser.mjs'
import { goTo, tabTo } from './keyboard.mjs'

const PASSWORD = 'a phrase that nobody has'
const HOSTILE = '<img src=x onerror=alert(1)>'
const SAMPLES = [
  `{"at":"2026-03-01T08:15:30Z","user":{"name":"mona","address":"198.51.100.20"},"size":9223372036854775807,"note":"${HOSTILE}"}`,
  '{"at":"2026-03-01T08:15:31Z","user":{"name":"jon","address":"2001:db8::7"},"size":1,"note":"plain"}',
].join('\n')
const margay = new Binary()

/**
 * @param {import('playwright-core').Page} page
 * @param {string} where
 */
async function assertAccessible(page, where) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${where}: ${id} ${nodes[0]?.target.join(' ')}`),
    [],
  )
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} link
 * @param {import('./binary.mjs').Simulator} simulator
 */
async function addSource(page, link, { api, organization, token }) {
  await page.goto(link)
  await page.getByLabel('Email').fill('ann@example.com')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create Administrator' }).click()
  await page.getByRole('heading', { name: 'Log Sources', exact: true }).waitFor()
  await page.goto(`${new URL(link).origin}/integrations/log-sources/new/asana?step=name`)
  await page.getByLabel('Name').fill('My Asana logs')
  await page.getByRole('button', { name: 'Continue Setup' }).click()
  await page.getByLabel('Organization Id').fill(organization)
  await page.getByLabel('Service Account Token').fill(token)
  await page.getByText('Asana is simulated or behind another address').click()
  await page.getByLabel(/API address/).fill(api)
  await page.getByRole('button', { name: 'Continue Setup' }).click()
  await page.getByText('events received').first().waitFor()
  // What the alarm would have done, before anybody decides.
  await page.getByText(/^(Longest quiet gap in|Part of) the last/).waitFor()
  await page.getByRole('button', { name: 'Finish Setup' }).click()
  await page.getByText('My Asana logs is set up').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function writeSchema(page) {
  const name = page.getByLabel('Name', { exact: true })
  const records = page.getByLabel('Records', { exact: true })
  const editor = page.getByRole('textbox', { name: 'YAML of the schema' })
  await goTo(page, 'm')
  await page.getByRole('heading', { name: 'Schemas', exact: true }).waitFor()
  await assertAccessible(page, 'list')
  await tabTo(page, page.getByRole('link', { name: 'Create New' }))
  await page.keyboard.press('Enter')

  // Without a name nothing is inferred: the field says so and has the focus.
  await tabTo(page, records)
  await page.keyboard.insertText(SAMPLES)
  await tabTo(page, page.getByRole('button', { name: 'Infer schema' }))
  await page.keyboard.press('Enter')
  await page.getByText('Give it a name first, such as Portal.Login.').waitFor()
  await page.waitForFunction(() => document.activeElement?.closest('.schema-head') !== null)
  await page.keyboard.type('Walk.Login')
  await tabTo(page, page.getByRole('button', { name: 'Infer schema' }))
  await page.keyboard.press('Enter')
  await page.getByText(/^Made of 2 records/).waitFor()
  await page.getByText('Matched 2').waitFor()
  await page.locator('dt', { hasText: 'Time of the event' }).waitFor()
  await page.getByText(/^In order: \d+ fields$/).waitFor()
  assert.equal(await name.inputValue(), 'Walk.Login')
  assert.equal(await page.locator('img').count(), 0, 'a hostile value became an element')
  await tabTo(page, page.getByText('Line 1', { exact: true }).last())
  await page.keyboard.press('Enter')
  await page.getByText('"size": 9223372036854775807').waitFor()
  await page.getByText(HOSTILE).last().waitFor()
  await assertAccessible(page, 'editor')

  // A reload keeps the text, and forgets the samples.
  await page.reload()
  await page.getByText('This is your draft').waitFor()
  await page.getByText('Custom.Walk.Login').first().waitFor()
  assert.equal(await records.inputValue(), '')
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).includes('mona')), false, 'a sample was stored')

  // What does not fit is told by line, field and reason.
  await tabTo(page, records)
  await page.keyboard.insertText(`${SAMPLES}\n{"at":"yesterday","size":"many"}`)
  await editor.focus()
  await page.keyboard.press('Control+Enter')
  await page.getByText('Unmatched 1').waitFor()
  await page.getByText('Matched 2').waitFor()
  const line = page.getByRole('button', { name: 'Line 3' }).first()
  await tabTo(page, line)
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => getSelection()?.toString()), '{"at":"yesterday","size":"many"}')

  // A mistake is marked, listed with its place, and a save leads to it.
  await editor.focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('wrong: true')
  await page.getByText(/^1 error/).waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Save' }))
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.classList.contains('cm-content'))
  await page.keyboard.press('Control+z')
  await page.getByText(/^In order/).waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Save' }))
  await page.keyboard.press('Enter')
  await page.getByText('Custom.Walk.Login is added').waitFor()
  await page.getByRole('heading', { name: 'Custom.Walk.Login', level: 1 }).waitFor()
  await assertAccessible(page, 'schema')
}

/** @param {import('playwright-core').Page} page */
async function changeSchema(page) {
  const editor = page.getByRole('textbox', { name: 'YAML of the schema' })
  await tabTo(page, page.getByRole('link', { name: 'Edit' }))
  await page.keyboard.press('Enter')
  await editor.waitFor()

  // A change that the language refuses says so before it is saved.
  await editor.focus()
  await page.keyboard.press('Control+f')
  await page.keyboard.type('type: bigint')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.keyboard.type('type: boolean')
  await page.getByText('Changes that cannot be made').waitFor()
  await page.keyboard.press('Control+z')
  await page.getByText(/^In order: \d+ fields$/).waitFor()

  // Somebody else saves meanwhile: nothing of either is lost.
  await tabTo(page, page.getByLabel('Description'))
  await page.keyboard.type('Mine')
  await page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json', 'X-Margay-Console': '1' }
    const url = '/api/v1/schemas/Custom.Walk.Login'
    const { yaml, revision } = await (await fetch(url)).json()
    const body = JSON.stringify({ yaml: yaml.replace('\nfields:', '\ndescription: Theirs\nfields:'), revision })
    const answer = await fetch(url, { method: 'PUT', headers, body })
    if (!answer.ok) throw new Error(await answer.text())
  })
  await tabTo(page, page.getByRole('button', { name: 'Save' }))
  await page.keyboard.press('Enter')
  await page.getByText('Somebody changed this schema since you began').waitFor()
  await page.getByText('description: Theirs').first().waitFor()
  await assertAccessible(page, 'conflict')
  await tabTo(page, page.getByRole('button', { name: /^Keep mine/ }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('button', { name: 'Save' }))
  await page.keyboard.press('Enter')
  await page.getByText('Custom.Walk.Login is saved').waitFor()
  await page.getByText('Mine', { exact: true }).waitFor()
  await tabTo(page, page.getByRole('link', { name: 'YAML' }))
  await page.keyboard.press('Enter')
  await page.getByLabel('Version').selectOption('2')
  await page.getByText('description: Theirs').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function archiveSchema(page) {
  await tabTo(page, page.getByRole('button', { name: 'Archive…' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Archive schema' }))
  await page.keyboard.press('Enter')
  await page.getByText('Custom.Walk.Login is archived').waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Restore…' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Restore schema' }))
  await page.keyboard.press('Enter')
  await page.getByText('Custom.Walk.Login is restored').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function lookAtSource(page) {
  await goTo(page, 'l')
  await page.getByRole('button', { name: 'Actions for My Asana logs' }).click()
  await page.getByRole('menuitem', { name: 'Check now' }).click()
  await page.getByText('My Asana logs: Asana answered, everything works').waitFor()
  await tabTo(page, page.getByRole('link', { name: 'My Asana logs' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('link', { name: 'Schemas' }).last())
  await page.keyboard.press('Enter')
  await page.getByText('p_any_ip_addresses').first().waitFor()
  await assertAccessible(page, 'schema of a source')
  await page.getByRole('link', { name: 'Health' }).click()
  await tabTo(page, page.getByRole('button', { name: 'Run now' }))
  await page.keyboard.press('Enter')
  await page.getByText(/Asana answered/).waitFor()
  const line = page.getByRole('slider', { name: 'Coverage' })
  await tabTo(page, line)
  await page.keyboard.press('Home')
  assert.match((await line.getAttribute('aria-valuetext')) ?? '', /^Proven: \d{4}-/)
  await tabTo(page, page.getByRole('button', { name: 'Audit now…' }))
  await page.keyboard.press('Enter')
  await page.getByLabel('How much of it').selectOption('1')
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Begin audit' }))
  await page.keyboard.press('Enter')
  // A source that was added a moment ago may have nothing yet that can be compared; that is said as well.
  await page.getByText(/with 95 % confidence|The last audit did not end/).first().waitFor({ timeout: 60_000 })
  await tabTo(page, page.getByRole('button', { name: 'Backfill…' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Begin backfill' }))
  await page.keyboard.press('Enter')
  await page.getByText(/^A backfill of \d+ windows? begins within a minute$/).waitFor()
  await page.getByText('Somebody asked').waitFor()
  await assertAccessible(page, 'health')
}

try {
  const simulator = await margay.simulator(undefined, '--events', '3000', '--live-per-minute', '60')
  const { link } = await margay.server()
  const { context, close } = await openBrowser({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const faults = await watchFaults(page)
  await addSource(page, link, simulator)
  await writeSchema(page)
  await changeSchema(page)
  await archiveSchema(page)
  await lookAtSource(page)
  assert.deepEqual(faults, [])
  console.log('a schema was inferred, mended, tested, saved, changed, archived and restored by keyboard; its source was checked and audited')
  await close()
} finally {
  await margay.stop()
}
