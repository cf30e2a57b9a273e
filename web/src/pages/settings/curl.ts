// Lines for a shell that show how a token is used. They hold no secret: the token is in a variable.

/** The variable that the lines take the token from. */
export const TOKEN_VARIABLE = 'CONSOLE_TOKEN'

/** Reads the token without showing it, and without a trace in the history of the shell. */
export const READ_TOKEN = `read -rs ${TOKEN_VARIABLE} && export ${TOKEN_VARIABLE}`

/** Asks for what every token may ask for: what it is itself. */
export function curlLine(origin: string): string {
  return `curl -sS -H "X-API-Key: $${TOKEN_VARIABLE}" ${quoted(`${origin}/api/v1/api-tokens/self`)}`
}

/** A word that no shell takes apart. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
