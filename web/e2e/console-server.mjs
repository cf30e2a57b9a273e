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
 * @param {string} [api] where the API is: then people sign in there, and nothing is answered instead of it
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function serveConsole(api) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://console').pathname)
    if (path.startsWith('/api/')) {
      if (api !== undefined) pass(request, response, api, {})
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
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() })
    })
  })
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} api
 * @param {Record<string, string>} added
 */
function pass(request, response, api, added) {
  const target = new URL(request.url ?? '/', api)
  const headers = { ...request.headers, host: target.host, ...added }
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
