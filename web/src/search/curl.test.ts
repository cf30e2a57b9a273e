import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TOKEN_VARIABLE } from '../curl'
import { curlScript } from './curl'

const HOSTILE = `select 'it''s "$HOME" \`id\` $(id) \\' || "a"\nfrom t`

/** Answers like the server, and writes down what it was asked. */
const CURL = `#!/bin/sh
for word in "$@"; do printf '%s\\n' "$word" >> "$ASKED"; last="$word"; done
case "$last" in
  */export*) echo '{"a":1}';;
  */queries) echo '{"id":"0189-ab","sql":"x \\"id\\":\\"0000\\"","state":"running"}';;
  *) echo '{"id":"0189-ab","state":"succeeded"}';;
esac
`

it('runs as pasted: one query is begun, waited for, and read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'curl-'))
  try {
    const asked = join(folder, 'asked')
    writeFileSync(join(folder, 'curl'), CURL, { mode: 0o755 })
    const env = { PATH: `${folder}:${process.env.PATH}`, ASKED: asked, [TOKEN_VARIABLE]: 'secret' }
    const rows = execFileSync('sh', ['-c', curlScript('http://127.0.0.1:8470', HOSTILE)], { encoding: 'utf8', env })
    expect(rows).toBe('{"a":1}\n')
    const words = readFileSync(asked, 'utf8').split('\n')
    expect(words).toContain(JSON.stringify({ sql: HOSTILE }))
    expect(words.filter((word) => word.startsWith('http'))).toEqual([
      'http://127.0.0.1:8470/api/v1/queries',
      'http://127.0.0.1:8470/api/v1/queries/0189-ab',
      'http://127.0.0.1:8470/api/v1/queries/0189-ab/export?format=ndjson',
    ])
    expect(words.filter((word) => word === 'X-API-Key: secret')).toHaveLength(3)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('has no token in it', () => {
  expect(curlScript('https://margay.example', 'select 1')).toContain(`$${TOKEN_VARIABLE}`)
})
