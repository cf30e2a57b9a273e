// Keys under which a creation is done once, however often it is sent.
import { useRef } from 'react'

const KEY_BYTES = 16

/** `crypto.randomUUID` is there only in secure contexts; the console may run without TLS behind a flag. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Returns a function that gives the same key for the same body, so that sending again after a lost answer creates nothing twice,
 * and one that ends this: the same body is a new creation then.
 */
export function useIdempotencyKey(): { keyOf: (body: unknown) => string; forget: () => void } {
  const last = useRef<{ body: string; key: string }>(undefined)
  const keyOf = (body: unknown) => {
    const text = JSON.stringify(body)
    if (last.current?.body !== text) last.current = { body: text, key: newKey() }
    return last.current.key
  }
  const forget = () => {
    last.current = undefined
  }
  return { keyOf, forget }
}
