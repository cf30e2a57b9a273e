// What was typed into a form of several steps, kept over a reload of the tab. Never secrets.
import { useState } from 'react'

const PREFIX = 'margay.draft.'

export function useDraft<T extends Record<string, string>>(name: string, empty: T): [T, (draft: T) => void, () => void] {
  const [draft, setDraft] = useState<T>(() => read(name, empty))
  const keep = (next: T) => {
    setDraft(next)
    try {
      sessionStorage.setItem(PREFIX + name, JSON.stringify(next))
    } catch {
      // Storage is switched off: a reload loses it.
    }
  }
  const forget = () => {
    try {
      sessionStorage.removeItem(PREFIX + name)
    } catch {
      // Nothing was kept.
    }
  }
  return [draft, keep, forget]
}

function read<T extends Record<string, string>>(name: string, empty: T): T {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? '{}')
    const known = Object.entries(kept as object).filter(([key, value]) => key in empty && typeof value === 'string')
    return { ...empty, ...Object.fromEntries(known) }
  } catch {
    return empty
  }
}
