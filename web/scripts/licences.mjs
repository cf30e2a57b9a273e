// The licences of everything that ends up in `dist`: their texts go with the copies.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const LICENCE = /^(licen[cs]e|copying)/i

/**
 * @param {string} root the folder with the lock file
 * @returns {string}
 */
export function licences(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const shipped = Object.entries(packages).filter(([path, one]) => path !== '' && !one.dev && !one.optional && existsSync(join(root, path)))
  const parts = shipped.map(([path, one]) => part(`${path.split('node_modules/').pop()} ${one.version} (${one.license})`, textIn(join(root, path))))
  for (const font of ['inter', 'jetbrains-mono']) {
    parts.push(part(`${font} (OFL-1.1)`, readFileSync(join(root, `src/fonts/${font}-LICENSE.txt`), 'utf8')))
  }
  return parts.join('\n')
}

function part(title, text) {
  return `${title}\n${'='.repeat(title.length)}\n\n${text.trim()}\n`
}

function textIn(folder) {
  const file = readdirSync(folder).sort().find((name) => LICENCE.test(name))
  return file ? readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n') : 'The package has no file with the text of its licence.'
}
