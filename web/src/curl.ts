// What all lines for a shell have in common that ask this server. They hold no secret: the token is in a variable.

/** The variable that the lines take the token from. */
export const TOKEN_VARIABLE = 'CONSOLE_TOKEN'

/** The words of curl that hand the token over. */
export const WITH_TOKEN = `-H "X-API-Key: $${TOKEN_VARIABLE}"`

/** A word that a POSIX shell takes as it is, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
