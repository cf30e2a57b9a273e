// Answers of Asana's API that the simulator does not give: one port, a path for each.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'

/** @typedef {{ status: number, body: unknown }} Answer what one of the two requests of a check gets */

/** @param {number} status @param {string} message */
export const refused = (status, message) => ({ status, body: { errors: [{ message }] } })

/**
 * @param {Record<string, { log: Answer, owner?: Answer }>} vendors by the first part of the path
 * @returns {Promise<{ url: (name: string) => string, close: () => void }>}
 */
export function serveVendors(vendors) {
  const server = createServer((request, response) => {
    const [, name = '', ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? []
    const vendor = vendors[name]
    const isOwner = rest.join('/').endsWith('users/me')
    const answer = (isOwner ? vendor?.owner : vendor?.log) ?? refused(404, 'No matching route for request')
    response.writeHead(answer.status, { 'Content-Type': 'application/json', 'X-Request-Id': `stand-in-${name}` })
    response.end(JSON.stringify(answer.body))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      resolve({ url: (name) => `http://127.0.0.1:${port}/${name}/api/1.0`, close: () => server.close() })
    })
  })
}

/**
 * Serves with a certificate that nobody has signed but itself, as a network does that opens TLS connections.
 *
 * @param {string} folder where the certificate is made, by openssl
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function serveSelfSigned(folder) {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=Corp Proxy CA', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => response.end('{}'))
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      resolve({ url: `https://127.0.0.1:${port}/api/1.0`, close: () => server.close() })
    })
  })
}
