// Lines for a shell that show how a token is used.
import { TOKEN_VARIABLE, WITH_TOKEN, shellWord } from '../../curl'

/** Reads the token without showing it, and without a trace in the history of the shell. */
export const READ_TOKEN = `read -rs ${TOKEN_VARIABLE} && export ${TOKEN_VARIABLE}`

/** Asks for what every token may ask for: what it is itself. */
export function curlLine(origin: string): string {
  return `curl -sS ${WITH_TOKEN} ${shellWord(`${origin}/api/v1/api-tokens/self`)}`
}
