// `npm run walk:all`: all walks against the real binary; what they need stands in binary.mjs. One after the other, but for the one that
// waits minutes for an alert, which goes beside them.
import { spawn } from 'node:child_process'

const WALKS = ['walk-real', 'walk', 'walk-credentials', 'walk-search', 'walk-schemas', 'walk-settings']
const PATIENT = 'walk-alerts'

/**
 * @param {string} walk
 * @returns {Promise<string | undefined>} its name if it failed
 */
function walked(walk) {
  const began = Date.now()
  const child = spawn(process.execPath, [new URL(`${walk}.mjs`, import.meta.url).pathname])
  let text = ''
  child.stdout.on('data', (part) => (text += part))
  child.stderr.on('data', (part) => (text += part))
  return new Promise((resolve) => {
    child.on('close', (code) => {
      console.log(`--- ${walk} ${code === 0 ? 'arrived' : 'failed'} after ${Math.round((Date.now() - began) / 1000)} s\n${text.trimEnd()}`)
      resolve(code === 0 ? undefined : walk)
    })
  })
}

const patient = walked(PATIENT)
const failed = []
for (const walk of WALKS) failed.push(await walked(walk))
failed.push(await patient)
const names = failed.filter((walk) => walk !== undefined)
if (names.length > 0) {
  console.error(`failed: ${names.join(', ')}`)
  process.exitCode = 1
}
