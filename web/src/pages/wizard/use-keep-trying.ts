// Tries something again for a while: a new token takes some minutes until the vendor knows it, an outage passes.
import { useEffect, useRef, useState } from 'react'

const EVERY_MS = 20_000
const FOR_MS = 5 * 60_000
export const TRY_EVERY = '20 seconds'
export const TRY_FOR = '5 min'

interface KeepTryingOptions {
  hasFailed: boolean
  isBusy: boolean
  onTry: () => void
}

/** Returns until when it is tried again, or undefined if it is not, and how to begin and end that. */
export function useKeepTrying({ hasFailed, isBusy, onTry }: KeepTryingOptions) {
  const [until, setUntil] = useState<Date>()
  const latest = useRef(onTry)
  useEffect(() => {
    latest.current = onTry
  })
  useEffect(() => {
    if (!until || !hasFailed || isBusy) return
    const timer = setTimeout(() => {
      if (Date.now() > until.getTime()) setUntil(undefined)
      else latest.current()
    }, EVERY_MS)
    return () => clearTimeout(timer)
  }, [until, hasFailed, isBusy])
  return { until, start: () => setUntil(new Date(Date.now() + FOR_MS)), stop: () => setUntil(undefined) }
}
