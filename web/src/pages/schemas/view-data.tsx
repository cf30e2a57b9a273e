import { useNavigate } from '@tanstack/react-router'
import type { MouseEvent } from 'react'

/** Leads to the events of a table. */
export function ViewData({ table }: { table: string }) {
  const navigate = useNavigate()
  const href = `/search?${new URLSearchParams({ q: table })}`
  const go = (event: MouseEvent) => {
    // Another tab or window is the browser's business.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void navigate({ href })
  }
  return (
    <a className="button" href={href} onClick={go}>
      View Data
    </a>
  )
}
