import { afterEach, expect, it, vi } from 'vitest'
import { PASSWORD_CHARACTERS_MIN } from '../../api/user'
import { generatePassword } from './generate'

afterEach(() => vi.restoreAllMocks())

it('makes passwords of five groups, long enough for the server, each another one', () => {
  const made = Array.from({ length: 50 }, generatePassword)
  for (const password of made) expect(password).toMatch(/^[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){4}$/)
  expect(made[0]?.length).toBeGreaterThanOrEqual(PASSWORD_CHARACTERS_MIN)
  expect(new Set(made).size).toBe(made.length)
})

it('gives each character the same share of the random bytes', () => {
  const counts = new Map<string, number>()
  let next = 0
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const bytes = array as Uint8Array
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = next++ % 256
    return array
  })
  // 64 passwords of 20 bytes are each value of a byte five times.
  for (let count = 0; count < 64; count += 1) {
    for (const character of generatePassword().replaceAll('-', '')) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  expect(new Set(counts.values())).toEqual(new Set([40]))
  expect(counts.size).toBe(32)
})
