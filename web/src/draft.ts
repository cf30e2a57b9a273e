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

/** Forgets all drafts: somebody else has signed in. */
export function forgetDrafts() {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
    }
  } catch {
    // Nothing was kept.
  }
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
