import { useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'

/** Links to the sides of one thing. Where they do not fit the current one is scrolled into view. */
export function Tabs({ label, children }: { label: string; children: ReactNode }) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const tabs = useRef<HTMLElement>(null)
  useEffect(() => {
    // Some browsers return a promise, which is no way to end an effect.
    void tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [path])
  return (
    <nav ref={tabs} className="tabs" aria-label={label}>
      {children}
    </nav>
  )
}
