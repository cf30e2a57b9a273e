// First passwords that nobody guesses and everybody can read out.

/** 32 characters, none of which looks like another one: five bits each. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const GROUPS = 5
const GROUP_CHARACTERS = 4

/** Returns a password of 100 random bits, in groups: `k7pm-…`. */
export function generatePassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_CHARACTERS))
  // A power of two divides 256: no character is likelier than another.
  const characters = Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length))
  const groups = Array.from({ length: GROUPS }, (_, group) => characters.slice(group * GROUP_CHARACTERS, (group + 1) * GROUP_CHARACTERS).join(''))
  return groups.join('-')
}
