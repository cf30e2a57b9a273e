// The guide's steps against the real binary and the simulator: an empty folder, the link that `serve` prints, the first administrator, the
// wizard, events. `MARGAY` names the binary.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openBrowser, watchFaults } from './browser.mjs'

const binary = process.env.MARGAY ?? new URL('../../target/debug/margay', import.meta.url).pathname
const PASSWORD = 'a phrase that nobody has'
const folder = mkdtempSync(join(tmpdir(), 'margay-walk-'))
const tokenFile = join(folder, 'token.txt')
/** @type {import('node:child_process').ChildProcess[]} */
const started = []

/**
 * Starts the binary and waits until its standard output has had all of `wanted`; returns what they caught.
 *
 * @param {string[]} args
 * @param {RegExp[]} wanted
 * @returns {Promise<string[]>}
 */
function start(args, ...wanted) {
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  started.push(child)
  /** @type {string[]} */
  const found = []
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const caught = wanted[found.length]?.exec(line)?.[1]
      if (caught !== undefined) found.push(caught)
      if (found.length === wanted.length) resolve(found)
    })
  })
}

try {
  const sim = ['sim', 'asana', '--listen', '127.0.0.1:0', '--events', '3000', '--live-per-minute', '60', '--token-file', tokenFile]
  const [api = '', organization = ''] = await start(sim, /API\s+(http\S+)/, /Organization Id\s+(\d+)/)
  const serve = ['serve', '--data-dir', join(folder, 'data'), '--listen', '127.0.0.1:0', '--allow-api-address', '127.0.0.1', '--poll-interval', '2s']
  const [link = ''] = await start(serve, /(http\S+\/setup#t=\w+)/)
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
  await page.getByLabel('Service Account Token').fill(readFileSync(tokenFile, 'utf8').trim())
  await page.getByText('Asana is simulated or behind another address').click()
  await page.getByLabel(/API address/).fill(api)
  await page.getByRole('button', { name: 'Continue Setup' }).click()
  await page.getByText('events received').first().waitFor()
  await page.getByRole('button', { name: 'Finish Setup' }).click()
  await page.getByText('My Asana logs is set up').waitFor()
  await page.getByText('Healthy').first().waitFor()
  console.log(`from the printed link to a healthy source: ${(Date.now() - began) / 1000} s`)
  await context.clearCookies()
  await page.reload()
  await page.getByLabel('Email').fill('ann@example.com')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('My Asana logs').first().waitFor()
  assert.deepEqual(faults, [])
  await close()
} finally {
  for (const child of started) {
    child.removeAllListeners('exit')
    child.kill()
  }
  rmSync(folder, { recursive: true, force: true })
}
