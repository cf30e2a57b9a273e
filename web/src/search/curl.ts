// The same search without the console: lines for a shell that run as they are pasted. The token is a variable, never a value.

/** Anything within single quotes of a POSIX shell. */
export function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Begins the query, waits for its end, writes its rows as NDJSON. Needs curl and sed. */
export function curlScript(origin: string, sql: string): string {
  const url = `${origin}/api/v1/queries`
  const auth = `-H "Authorization: Bearer $CONSOLE_TOKEN"`
  return [
    `id=$(curl -sS ${auth} -H 'Content-Type: application/json' --data-raw ${shellText(JSON.stringify({ sql }))} ${shellText(url)} | sed -n 's/^{"id":"\\([0-9a-f-]*\\)".*/\\1/p')`,
    `while curl -sS ${auth} "${url}/$id" | grep -q '"state":"running"'; do sleep 1; done`,
    `curl -sS ${auth} "${url}/$id/export?format=ndjson"`,
  ].join('\n')
}
