// Serves `dist` as the server does: the same policy, a nonce for each page, real 404s under /assets and /api.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, request as proxied } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { answerInstead, upstream } from '../dev/server-stand-in.mjs'

const dist = new URL('../dist', import.meta.url).pathname
/** @type {Record<string, string>} */
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }

/** @param {string} nonce */
function policy(nonce) {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

/**
 * What the server answers for a path that is not of the API.
 *
 * @param {string} path
 * @returns {{ status: number, headers: Record<string, string>, body: Buffer | string }}
 */
function consoleAnswer(path) {
  const file = join(dist, path)
  if (path !== '/' && path !== '/index.html' && existsSync(file) && extname(file)) {
    return { status: 200, headers: { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }, body: readFileSync(file) }
  }
  if (path.startsWith('/assets/')) return { status: 404, headers: {}, body: '' }
  const nonce = randomBytes(16).toString('base64')
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Content-Security-Policy': policy(nonce) }
  return { status: 200, headers, body: readFileSync(join(dist, 'index.html'), 'utf8').replaceAll('__MARGAY_NONCE__', nonce) }
}

/**
 * @param {string} [server] a server whose people sign in themselves: everything of the API goes there as it is
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function serveConsole(server) {
  const console = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://console').pathname)
    if (path.startsWith('/api/')) {
      if (server) pass(request, response, server, {})
      else if (!answerInstead(request, response)) pass(request, response, upstream.url, { 'x-api-key': upstream.token })
      return
    }
    const { status, headers, body } = consoleAnswer(path)
    response.writeHead(status, headers)
    response.end(body)
  })
  return new Promise((resolve) => {
    console.listen(0, '127.0.0.1', () => {
      const address = console.address()
      const port = typeof address === 'object' && address ? address.port : 0
      resolve({ url: `http://127.0.0.1:${port}`, close: () => console.close() })
    })
  })
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} server
 * @param {Record<string, string>} more headers that the browser does not send
 */
function pass(request, response, server, more) {
  const target = new URL(request.url ?? '/', server)
  const headers = { ...request.headers, host: target.host, ...more }
  const onward = proxied(target, { method: request.method ?? 'GET', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => {
    response.statusCode = 502
    response.end()
  })
  request.pipe(onward)
}
