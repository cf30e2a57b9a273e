// Keys that work on every page. Single letters rest while somebody types, and can be switched off.
import { useEffect, useRef } from 'react'
import { preferences } from '../preferences'

/** Within this time the second key of `g` `l` has to come. */
const SEQUENCE_MS = 1_000

export interface Shortcut {
  /** As `KeyboardEvent.key` has it; two with a blank between are pressed one after the other. */
  keys: string
  /** What it does, for the list under `?`. */
  does: string
  run: () => void
}

/** Listens for shortcuts while the component is there. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  useEffect(() => {
    let first: { key: string; at: number } | undefined
    const listen = (event: KeyboardEvent) => {
      if (!preferences.get().hasShortcuts || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
      const begun = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${event.key}` : undefined
      first = { key: event.key, at: event.timeStamp }
      const found = latest.current.find(({ keys }) => keys === begun) ?? latest.current.find(({ keys }) => keys === event.key)
      if (!found) return
      event.preventDefault()
      first = undefined
      found.run()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}

/** In a field, or while something lies over the page. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, select, textarea') || target.closest('[role=dialog], [role=menu]') !== null
}

/** Leads to the filter or search field of the page. */
export function focusSearch(): void {
  document.querySelector<HTMLElement>('[data-shortcut-search]')?.focus()
}
