// The real binary for walks: a server and simulated vendors in a folder of their own, on ports that are free. `MARGAY` names the binary.
//
// `MARGAY_CONSOLE=dist` serves the console from `dist` instead of the one within the binary.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { serveConsole } from './console-server.mjs'

const binary = process.env.MARGAY ?? new URL('../../target/debug/margay', import.meta.url).pathname
const STOP_MS_MAX = 20_000

/** @typedef {{ child: import('node:child_process').ChildProcess, found: string[], output: () => string }} Started */
/** @typedef {{ api: string, organization: string, token: string }} Simulator */

/** Everything that a walk starts; `stop` ends it and removes its folder. */
export class Binary {
  folder = mkdtempSync(join(tmpdir(), 'margay-walk-'))
  /** @type {Started[]} */
  started = []
  /** @type {Array<() => void>} */
  closing = []
  count = 0

  /**
   * Starts the binary and waits until its standard output has had all of `wanted`.
   *
   * @param {string[]} args
   * @param {RegExp[]} wanted
   * @returns {Promise<Started>}
   */
  start(args, ...wanted) {
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    const started = { child, found: /** @type {string[]} */ ([]), output: () => text }
    this.started.push(started)
    child.stderr.on('data', (part) => (text += part))
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code) => reject(new Error(`${args[0]} ended with ${code}: ${text.slice(-2_000)}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        text += `${line}\n`
        const caught = wanted[started.found.length]?.exec(line)?.[1]
        if (caught !== undefined) started.found.push(caught)
        if (started.found.length === wanted.length) resolve(started)
      })
    })
  }

  /**
   * Starts a simulated Asana; `scenario` says what goes wrong.
   *
   * @param {string} [scenario] YAML, see docs/reference/scenarios.md
   * @param {string[]} more
   * @returns {Promise<Simulator>}
   */
  async simulator(scenario, ...more) {
    this.count += 1
    const tokenFile = join(this.folder, `token-${this.count}.txt`)
    const args = ['sim', 'asana', '--listen', '127.0.0.1:0', '--token-file', tokenFile, ...more]
    if (scenario !== undefined) {
      const file = join(this.folder, `scenario-${this.count}.yml`)
      writeFileSync(file, scenario)
      args.push('--scenario', file)
    }
    const { found } = await this.start(args, /API\s+(http\S+)/, /Organization Id\s+(\d+)/, /Token file\s+(\S+)/)
    const [api = '', organization = ''] = found
    return { api, organization, token: readFileSync(tokenFile, 'utf8').trim() }
  }

  /**
   * Starts the server; returns where its console is and, on the first start, the link that makes the first administrator.
   *
   * @param {string[]} more
   */
  async server(...more) {
    const args = ['serve', '--data-dir', join(this.folder, 'data'), '--listen', '127.0.0.1:0', '--allow-api-address', '127.0.0.1', '--poll-interval', '2s', ...more]
    const started = await this.start(args, /(http\S+\/setup#t=\w+)/)
    const link = new URL(started.found[0] ?? '')
    if (process.env.MARGAY_CONSOLE !== 'dist') return { ...started, url: link.origin, api: link.origin, link: link.href }
    const served = await serveConsole(link.origin)
    this.closing.push(served.close)
    return { ...started, url: served.url, api: link.origin, link: `${served.url}/setup${link.hash}` }
  }

  /**
   * Ends one of them and waits until it is gone.
   *
   * @param {Started} started
   */
  async end({ child }) {
    child.removeAllListeners('exit')
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    const forced = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    child.kill()
    await gone
    clearTimeout(forced)
  }

  async stop() {
    for (const close of this.closing) close()
    await Promise.all(this.started.map((one) => this.end(one)))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} what
 * @param {() => Promise<void>} act
 */
export async function step(what, act) {
  await act()
  console.log(`✓ ${what}`)
}
