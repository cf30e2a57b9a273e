// What was typed into a form of several steps, kept over a reload of the tab. Never secrets.
import { useState } from 'react'

const PREFIX = 'margay.draft.'
/** Browsers keep some millions for all drafts of a tab together; and it is written with every letter. */
const CHARACTERS_MAX = 500_000

/** Gives a draft, what changes it, what forgets it, and whether a reload would find it. */
export function useDraft<T extends Record<string, string>>(name: string, empty: T): [T, (draft: T) => void, () => void, boolean] {
  const [draft, setDraft] = useState<T>(() => read(name, empty))
  const [isKept, setIsKept] = useState(true)
  const keep = (next: T) => {
    setDraft(next)
    setIsKept(write(name, next))
  }
  const forget = () => {
    setIsKept(true)
    remove(name)
  }
  return [draft, keep, forget, isKept]
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

/** Returns whether it is kept. One that cannot be leaves nothing behind: an older draft would be taken for it. */
function write(name: string, draft: Record<string, string>): boolean {
  const text = JSON.stringify(draft)
  try {
    if (text.length <= CHARACTERS_MAX) {
      sessionStorage.setItem(PREFIX + name, text)
      return true
    }
  } catch {
    // Storage is full or switched off.
  }
  remove(name)
  return false
}

function remove(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name)
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
