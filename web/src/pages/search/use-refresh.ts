// Asks again by itself every so often, and never takes away what somebody waits for or reads.
import { useEffect, useRef, useState } from 'react'
import { ROWS_FIRST } from '../../search/compile'
import type { Running } from './use-run'

export type Refresh = 'off' | '10' | '60'

export const REFRESHES: ReadonlyArray<{ value: Refresh; label: string }> = [
  { value: 'off', label: 'Refresh: off' },
  { value: '10', label: 'Every 10 s' },
  { value: '60', label: 'Every minute' },
]

type Refreshed = Pick<Running, 'view' | 'runAgain'>

/**
 * Returns whether refreshing waits because somebody reads on: other rows would take the place of those that were loaded, and the grid would jump.
 * It also waits while nobody looks, and until rows and bars of the last time are there.
 */
export function useRefresh(refresh: Refresh, { view, runAgain }: Refreshed, isCounting: boolean): boolean {
  const [isScrolled, setIsScrolled] = useState(false)
  const isReadingOn = view.rows.length > ROWS_FIRST || isScrolled
  const isBusy = useRef(false)
  isBusy.current = view.phase === 'running' || view.isLoadingMore || isCounting || view.rows.length > ROWS_FIRST
  useEffect(() => {
    if (refresh === 'off') return
    const look = () => {
      const isAway = (document.querySelector('.grid')?.scrollTop ?? 0) > 0
      setIsScrolled(isAway)
      return isAway
    }
    const timer = setInterval(() => {
      if (!look() && document.visibilityState === 'visible' && !isBusy.current) runAgain()
    }, Number(refresh) * 1_000)
    // What scrolls is within the document, and such events do not bubble.
    document.addEventListener('scroll', look, true)
    return () => {
      clearInterval(timer)
      document.removeEventListener('scroll', look, true)
    }
  }, [refresh, runAgain])
  return refresh !== 'off' && isReadingOn
}
