// The time now, as components see it: it ticks, so that "2 min ago" stays true.
import { useSyncExternalStore } from 'react'

const TICK_MS = 5_000

let now = new Date()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  now = new Date()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    now = new Date()
    timer = setInterval(tick, TICK_MS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Returns the time now; the component is drawn again every few seconds. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now)
}
