// What can be said about Asana's credentials before Asana is asked.

export type IdReading =
  | { kind: 'ok'; id: string }
  | { kind: 'missing' }
  /** Something else with exactly one such number in it, as a pasted URL. */
  | { kind: 'suggestion'; id: string }
  | { kind: 'wrong' }

const ID = /^\d{5,20}$/
const ID_WITHIN = /(?<!\d)\d{5,20}(?!\d)/g

/** Reads what was typed as Organization Id. Ids stay texts: they have more digits than numbers keep. */
export function readOrganizationId(typed: string): IdReading {
  const text = typed.trim()
  if (text === '') return { kind: 'missing' }
  if (ID.test(text)) return { kind: 'ok', id: text }
  const within = new Set(text.match(ID_WITHIN))
  const [only] = within
  return within.size === 1 && only !== undefined ? { kind: 'suggestion', id: only } : { kind: 'wrong' }
}

/** Returns the token without what is pasted along with it: blanks around it, `Bearer` before it. */
export function cleanToken(typed: string): string {
  return typed.trim().replace(/^bearer\s+/i, '')
}

/** Returns what is plainly wrong with a token, or undefined. */
export function tokenProblem(token: string, organizationId: string): string | undefined {
  if (token === '') return 'Paste the token of the service account.'
  if (/\s/.test(token)) return 'A token has no spaces in it. Copy it again, in one piece.'
  if (token === organizationId) return 'That is the Organization Id. The token is shown when the service account is made.'
  if (/^[^@/\s]+@[^@/\s]+\.[^@/\s]+$/.test(token)) return 'That is an email address. The token is shown when the service account is made.'
  return undefined
}
