import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { TOKEN_VARIABLE, WITH_TOKEN, shellWord } from './curl'

const HOSTILE = `select 'it''s "$HOME" \`id\` $(id) \\' || "a"\nfrom t`

it('a shell reads a word as it was', () => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord(HOSTILE)}`], { encoding: 'utf8' })).toBe(HOSTILE)
})

it('a token is one word, whatever is in it', () => {
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${WITH_TOKEN}`], { env: { [TOKEN_VARIABLE]: 'a b"$HOME"' }, encoding: 'utf8' })
  expect(words).toBe('-H\nX-API-Key: a b"$HOME"\n')
})
