// The title of the browser's tab.
import { useEffect } from 'react'
import { store } from '../store'

const errorCount = store(0)
let current = 'Console'

function write(): void {
  document.title = (errorCount.get() > 0 ? 'Error: ' : '') + current
}

errorCount.subscribe(write)

/** The page, where it is, and `Console`. */
export function useTitle(...parts: ReadonlyArray<string | undefined>): void {
  const title = [...parts, 'Console'].filter(Boolean).join(' · ')
  useEffect(() => {
    current = title
    write()
  }, [title])
}

/** While a form shows an error, the title begins with it: a screen reader says it first. */
export function useErrorInTitle(hasError: boolean): void {
  useEffect(() => {
    if (!hasError) return
    errorCount.set(errorCount.get() + 1)
    return () => errorCount.set(errorCount.get() - 1)
  }, [hasError])
}
