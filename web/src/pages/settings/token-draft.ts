// An API token while it is being made or changed.
import type { ApiToken, ApiTokenForm } from '../../api/api-token'
import { type Zone, instantOf } from '../../time/zone'

export type ExpiryChoice = 'kept' | '30' | '90' | 'date' | 'never'

export interface TokenDraft {
  name: string
  permissions: string[]
  expiry: ExpiryChoice
  /** `2026-12-31`, for `date`: the token is taken until that day is over. */
  date: string
  /** CIDR blocks or addresses, with blanks, commas or lines between. */
  networks: string
}

export const NEW_TOKEN: TokenDraft = { name: '', permissions: [], expiry: '30', date: '', networks: '' }

const NAME_CHARACTERS_MAX = 64
const NETWORKS_MAX = 100
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export function draftOf(token: ApiToken): TokenDraft {
  return {
    name: token.name,
    permissions: [...token.permissions],
    expiry: token.expiresAt ? 'kept' : 'never',
    date: '',
    networks: token.allowedCIDRBlocks.join('\n'),
  }
}

/** Returns the end of what was chosen: null for never, undefined if the day is none. */
export function expiresAt({ expiry, date }: Pick<TokenDraft, 'expiry' | 'date'>, kept: string | null, now: Date, zone: Zone): string | null | undefined {
  switch (expiry) {
    case 'kept':
      return kept
    case 'never':
      return null
    case 'date':
      return endOfDay(date, zone)?.toISOString()
    default:
      // A whole minute: sent again after a lost answer it is the same token, not another one.
      return new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS + Number(expiry) * DAY_MS).toISOString()
  }
}

/** Returns the first instant after a day, as clocks in the zone have it. */
function endOfDay(text: string, zone: Zone): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  if (!year) return undefined
  return instantOf({ year: Number(year), month: Number(month), day: Number(day) + 1, hour: 0, minute: 0, second: 0 }, zone)
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/
const IPV6 = /^[\da-f.]*:[\da-f:.]*$/i

/** Reads the networks; an address alone is a network of one. What is neither is in `wrong`. */
export function readNetworks(text: string): { networks: string[]; wrong: string[] } {
  const networks: string[] = []
  const wrong: string[] = []
  for (const one of text.split(/[\s,;]+/).filter(Boolean)) {
    const [address = '', prefix, ...rest] = one.split('/')
    const bits = IPV4.test(address) ? 32 : IPV6.test(address) ? 128 : 0
    const isRight = bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
    if (isRight) networks.push(prefix === undefined ? `${address}/${bits}` : one)
    else wrong.push(one)
  }
  return { networks, wrong }
}

export type TokenErrors = Partial<Record<'name' | 'permissions' | 'date' | 'networks', string>>

/** What is plainly wrong; the server looks at the rest. */
export function tokenErrors(draft: TokenDraft, kept: string | null, now: Date, zone: Zone): TokenErrors {
  const errors: TokenErrors = {}
  const length = [...draft.name.trim()].length
  if (length === 0) errors.name = 'Give it a name that says who uses it, such as backup script.'
  else if (length > NAME_CHARACTERS_MAX) errors.name = `Use at most ${NAME_CHARACTERS_MAX} characters; these are ${length}.`
  else if (draft.name.includes('@')) errors.name = 'Leave out the @: a name with it could pass for a user.'
  if (draft.permissions.length === 0) errors.permissions = 'Choose at least one permission.'
  const end = expiresAt(draft, kept, now, zone)
  if (end === undefined) errors.date = 'Choose a day.'
  else if (end !== null && draft.expiry === 'date' && new Date(end) <= now) errors.date = 'Choose a day that is not over.'
  const { networks, wrong } = readNetworks(draft.networks)
  if (wrong.length > 0) errors.networks = `“${wrong[0]}” is no network. Write 203.0.113.0/24, or an address.`
  else if (networks.length > NETWORKS_MAX) errors.networks = `Name at most ${NETWORKS_MAX} networks; these are ${networks.length}.`
  return errors
}

export function formOf(draft: TokenDraft, kept: string | null, now: Date, zone: Zone): ApiTokenForm {
  return {
    name: draft.name.trim(),
    permissions: draft.permissions as ApiTokenForm['permissions'],
    allowedCIDRBlocks: readNetworks(draft.networks).networks,
    expiresAt: expiresAt(draft, kept, now, zone) ?? null,
  }
}
