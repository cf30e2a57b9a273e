import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { TOKEN_VARIABLE } from '../../curl'
import { curlLine } from './curl'

it('is taken by a shell as it is meant', () => {
  const origin = "http://127.0.0.1:8470/it's&$HOME"
  const line = curlLine(origin).replace(/^curl/, `printf '%s\\n'`)
  const words = execFileSync('sh', ['-c', line], { env: { [TOKEN_VARIABLE]: 'a b' }, encoding: 'utf8' }).trim().split('\n')
  expect(words).toEqual(['-sS', '-H', 'X-API-Key: a b', `${origin}/api/v1/api-tokens/self`])
})
