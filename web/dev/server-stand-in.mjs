// What a token has no part in, for `npm run dev` and the screenshots. Never part of the build.
//
// Requests go to the server at MARGAY_SERVER with the token in MARGAY_DEV_TOKEN; setting up and signing in are answered here.

/** Where the API is, and the token that requests get on their way there. */
export const upstream = {
  url: process.env.MARGAY_SERVER ?? 'http://127.0.0.1:8470',
  token: process.env.MARGAY_DEV_TOKEN ?? '',
}

/**
 * Answers what needs a person instead of a token; returns whether it did.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function answerInstead(request, response) {
  const path = (request.url ?? '').split('?')[0]
  const isGet = request.method === 'GET'
  if (path === '/api/v1/setup' && isGet) return json(response, { needed: process.env.MARGAY_DEV_SETUP === '1' })
  if (path !== '/api/v1/session' && path !== '/api/v1/setup') return false
  response.statusCode = 204
  response.end()
  return true
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {unknown} body
 */
function json(response, body) {
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(body))
  return true
}
