// The search against the real binary, by keyboard alone: row, value, filter, link; then what may go wrong, and what the simulator's hostile names do.
// See e2e/binary.mjs for what it needs. A folder as argument takes pictures.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import { Binary } from './binary.mjs'
import { openBrowser, watchFaults } from './browser.mjs'
import { tabTo } from './keyboard.mjs'

const pictures = process.argv[2]
const EVENTS = 3_000
const PATIENCE_MS = 60_000
const HOSTILE = '<img'
const margay = new Binary()
if (pictures) mkdirSync(pictures, { recursive: true })

/** @param {string} text */
const step = (text) => console.log(text)

try {
  const { api, organization, token: serviceToken } = await margay.simulator(undefined, '--events', String(EVENTS))
  const { link, url } = await margay.server()
  const code = link.split('/setup#t=')[1]
  const { context, close } = await openBrowser({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'], acceptDownloads: true })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const faults = await watchFaults(page)
  const headers = { 'X-Margay-Console': '1' }

  /** @param {string} method @param {string} path @param {unknown} [data] */
  const ask = async (method, path, data) => {
    const answer = await context.request.fetch(`${url}/api/v1${path}`, { method, headers, ...(data === undefined ? {} : { data }) })
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`)
    return answer.status() === 204 ? undefined : answer.json()
  }
  await ask('POST', '/setup', { code, email: 'ann@example.com', password: 'a phrase that nobody has' })
  const source = await ask('POST', '/log-sources', { label: 'My Asana logs', organizationId: organization, token: serviceToken, apiUrl: api })
  await until(async () => (await ask('GET', `/log-sources/${source.id}`)).records >= EVENTS)

  /** @param {string} sql */
  const rows = async (sql) => {
    const { id } = await ask('POST', '/queries', { sql })
    await until(async () => (await ask('GET', `/queries/${id}`)).state !== 'running')
    return (await ask('GET', `/queries/${id}/results?limit=1000`)).rows
  }
  await until(async () => Number((await rows('select count(*) from asana_audit'))[0][0]) >= EVENTS)

  const settled = () => page.waitForFunction(() => document.querySelector('.results')?.getAttribute('aria-busy') === 'false' && document.querySelector('.histogram')?.getAttribute('aria-busy') !== 'true')
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
  /** @param {string} path */
  const go = async (path) => {
    await page.goto(url + path)
    await page.locator('[role=gridcell]').first().waitFor()
    await settled()
  }

  step('a console with events begins with Search')
  const began = Date.now()
  await page.goto(url)
  await page.waitForURL(/\/search/)
  await page.locator('[role=gridcell]').first().waitFor()
  step(`first rows after ${Date.now() - began} ms, with the page itself`)
  await go('/search?from=now-90d&to=now')
  const total = /^([\d,]+) events/.exec((await page.locator('.stats-text').textContent()) ?? '')?.[1]
  assert.equal(Number(total?.replaceAll(',', '')), EVENTS, 'the bars count every event of the range')

  step('row, value, filter, by keyboard')
  await tabTo(page, page.locator('[role=gridcell]'))
  await page.keyboard.press('j')
  await page.keyboard.press('ArrowRight')
  const value = (await focused()).trim()
  await page.keyboard.press('Space')
  await page.getByRole('menuitem', { name: 'Filter for' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL((to) => to.searchParams.get('q') === `asana_audit: event_type is "${value}"`)
  await settled()
  const [[matching]] = await rows(`select count(*) from asana_audit where event_type = '${value}'`)
  await page.getByText(`${Number(matching).toLocaleString('en-US')} event`).first().waitFor()

  step('the open event is the same one, whatever its place is')
  await page.locator('[role=gridcell][tabindex="0"]').focus()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.locator('.event-pane').waitFor()
  await page.waitForURL(/ev=/)
  const event = new URL(page.url()).searchParams.get('ev')
  const gid = (await rows(`select gid from asana_audit where p_row_id = '${event}'`))[0][0]
  assert.match(gid, /^\d{16}$/)
  await page.locator('.event-pane dd', { hasText: gid }).first().waitFor()
  const sorted = new URL(page.url())
  sorted.searchParams.set('sort', 'p_event_time')
  await go(sorted.pathname + sorted.search)
  await page.locator('.event-pane dd', { hasText: gid }).first().waitFor()
  await page.keyboard.press('Escape')

  step('the link leads to the same')
  await go(`/search?${new URLSearchParams({ q: `asana_audit: event_type is "${value}"`, from: 'now-90d', to: 'now', ev: event ?? '' })}`)
  await tabTo(page, page.locator('.stats-actions > button'))
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Link to this moment' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('Copied the link').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(copied, /from=\d{4}-/)
  const other = await context.newPage()
  await other.goto(copied)
  await other.locator('[role=gridcell]').first().waitFor({ timeout: PATIENCE_MS })
  assert.equal(await other.locator('[role=gridcell]').first().textContent(), await page.locator('[role=gridcell]').first().textContent())
  await other.locator('.event-pane dd', { hasText: gid }).first().waitFor({ timeout: PATIENCE_MS })
  await other.close()

  step('the commands run as they are pasted')
  await page.getByRole('button', { name: 'Copy as' }).first().click()
  await page.getByRole('menuitem', { name: 'cURL' }).click()
  await page.getByText('Copied the commands').waitFor()
  const script = await page.evaluate(() => navigator.clipboard.readText())
  const { value: token } = await ask('POST', '/api-tokens', { name: 'walk', permissions: ['DataAnalyticsRead'] })
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: { ...process.env, CONSOLE_TOKEN: token }, maxBuffer: 1 << 26 })
  assert.equal(stdout.trim().split('\n').length, Number(matching))
  assert.ok(stdout.includes('"p_row_id"'))

  step('SQL and back')
  await page.getByRole('button', { name: 'SQL', exact: true }).click()
  await page.locator('.cm-content').waitFor()
  await settled()
  assert.match((await page.locator('.cm-content').textContent()) ?? '', /p_occurs_after/)
  await page.getByRole('button', { name: 'Filters', exact: true }).click()
  await page.waitForURL((to) => to.searchParams.get('q') === `asana_audit: event_type is "${value}"`)
  await settled()

  step('markup in a name stays text')
  await go(`/search?${new URLSearchParams({ q: `asana_audit: resource.name contains "${HOSTILE}"`, from: 'now-90d', to: 'now' })}`)
  await page.locator('[role=gridcell]', { hasText: HOSTILE }).first().waitFor()
  await page.locator('[role=gridcell]', { hasText: HOSTILE }).first().click()
  await page.locator('.event-pane dd', { hasText: HOSTILE }).first().waitFor()
  await page.getByRole('tab', { name: 'JSON' }).click()
  await page.locator('.json-line', { hasText: HOSTILE }).first().waitFor()
  assert.equal(await page.locator('img').count(), 0)
  await page.getByRole('button', { name: 'Close (Esc)' }).click()

  step('quotes and statements in a value stay a value')
  await page.goto(`${url}/search?${new URLSearchParams({ q: `asana_audit: gid is "x' or 1=1 --"`, from: 'now-90d', to: 'now' })}`)
  await page.getByText('Nothing matches the filter').waitFor()
  await page.goto(`${url}/search?from=2020-01-01T00:00:00.000Z&to=2020-01-02T00:00:00.000Z`)
  await page.getByText('Nothing happened in this time').waitFor()
  await page.getByText('The newest event is from').waitFor()

  step('what the engine does not understand is marked where it stands')
  await page.goto(`${url}/search?${new URLSearchParams({ mode: 'sql', q: 'select gid,\n  foo\nfrom asana_audit' })}`)
  await page.getByRole('alert').getByText('Line 2, column 3').waitFor()
  assert.equal(await page.locator('.cm-lintRange-error').textContent(), 'foo')
  assert.match((await page.locator('.cm-content').textContent()) ?? '', /limit 1000$/, 'the limit is seen')

  step('a query can be cancelled')
  const endless = 'select count(*) from generate_series(1, 100000000000) where value % 7 = 3'
  await page.goto(`${url}/search?${new URLSearchParams({ mode: 'sql', q: endless })}`)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Cancelled before there were rows.').waitFor()
  await until(async () => (await ask('GET', '/queries?include=aids')).results.every((/** @type {{ state: string }} */ { state }) => state !== 'running'))

  step('50,000 rows')
  await go(`/search?${new URLSearchParams({ mode: 'sql', q: 'select value as n, 9007199254740993 + value as big from generate_series(1, 50000) order by n limit 50000' })}`)
  await page.getByRole('button', { name: /^Load all/ }).click()
  await page.getByText('50,000 loaded').waitFor()
  await page.locator('[role=gridcell][tabindex="0"]').focus()
  await page.keyboard.press('End')
  await page.locator('[role=gridcell]', { hasText: /^50000$/ }).waitFor()
  await page.locator('[role=gridcell]', { hasText: '9007199254790993' }).waitFor()
  assert.ok((await page.locator('.grid-body [role=row]').count()) < 60)
  await page.keyboard.press('Home')
  const worst = await frames(page, async () => {
    for (let count = 0; count < 100; count += 1) await page.keyboard.down('j')
    await page.keyboard.up('j')
  })
  assert.equal(await page.evaluate(() => document.activeElement?.parentElement?.getAttribute('aria-rowindex')), '102')
  step(`j held: the longest frame took ${worst} ms`)

  step('the zone is that of table, chart and export')
  await go('/search?from=now-90d&to=now')
  await page.getByRole('button', { name: /^Go to/ }).press('Control+k')
  await page.getByLabel('Command', { exact: true }).fill('Asia/Tokyo')
  await page.keyboard.press('Enter')
  await page.getByText('p_event_time (UTC+09:00)').waitFor()
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'CSV…' }).click()
  await page.getByText('Asia/Tokyo').waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the file' }).click()])
  const csv = readFileSync(await download.path(), 'utf8').trim().split('\r\n')
  assert.equal(csv.length, EVENTS + 1)
  assert.match(csv[1] ?? '', /^\d{4}-\d{2}-\d{2}T[\d:.]+\+09:00,/)

  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await go('/search?from=now-90d&to=now')
    await page.locator('[role=gridcell]').nth(4).click()
    await page.locator('.event-pane dd').first().waitFor()
    await settled()
    if (pictures) await page.screenshot({ path: join(pictures, `search-${theme}.png`) })
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' '))}`), [])
  }
  assert.deepEqual(faults, [])
  step('no complaints of policy or console, axe 0')
  await close()
} finally {
  await margay.stop()
}

/** @param {() => Promise<boolean>} holds */
async function until(holds) {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    assert.ok(Date.now() < end, `waited too long for ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/**
 * Returns the longest time between two frames while something is done.
 *
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<void>} act
 */
async function frames(page, act) {
  await page.evaluate(() => {
    const seen = /** @type {any} */ (window)
    seen.longest = 0
    let last = performance.now()
    const note = (/** @type {number} */ now) => {
      seen.longest = Math.max(seen.longest, now - last)
      last = now
      requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
  })
  await act()
  return Math.round(await page.evaluate(() => /** @type {any} */ (window).longest))
}
