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
    const file = join(dist, path)
    if (path !== '/' && path !== '/index.html' && existsSync(file) && extname(file)) {
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream')
      response.end(readFileSync(file))
      return
    }
    if (path.startsWith('/assets/')) {
      response.statusCode = 404
      response.end()
      return
    }
    const nonce = randomBytes(16).toString('base64')
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Content-Security-Policy', policy(nonce))
    response.end(readFileSync(join(dist, 'index.html'), 'utf8').replaceAll('__MARGAY_NONCE__', nonce))
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
