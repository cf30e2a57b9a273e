// The same search without the console: lines for a shell that run as they are pasted. The token is a variable, never a value.
import { WITH_TOKEN, shellWord } from '../curl'

const READ_ID = `sed -n 's/^{"id":"\\([0-9a-f-]*\\)".*/\\1/p'`

/** Begins the query, waits for its end, writes its rows as NDJSON. Needs curl and sed. */
export function curlScript(origin: string, sql: string): string {
  const body = shellWord(JSON.stringify({ sql }))
  const url = `${origin}/api/v1/queries`
  const ask = `curl -sS ${WITH_TOKEN}`
  return [
    `id=$(${ask} -H 'Content-Type: application/json' --data-raw ${body} ${shellWord(url)} | ${READ_ID})`,
    `while ${ask} "${url}/$id" | grep -q '"state":"running"'; do sleep 1; done`,
    `${ask} "${url}/$id/export?format=ndjson"`,
  ].join('\n')
}
