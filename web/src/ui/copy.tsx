import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Tooltip } from './tooltip'

const CONFIRMED_MS = 1_500

interface CopyButtonProps {
  text: string
  /** What is copied: `organization id`. */
  what: string
}

type Outcome = 'copied' | 'failed' | undefined

/** Copies a text; the outcome is said for a moment. */
export function useCopying(text: string): { outcome: Outcome; copy: () => Promise<boolean> } {
  const [outcome, setOutcome] = useState<Outcome>()
  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(undefined), CONFIRMED_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setOutcome('copied')
      return true
    } catch {
      // Browsers give the clipboard to secure pages only.
      setOutcome('failed')
      return false
    }
  }
  return { outcome, copy }
}

export const COPY_FAILED = 'This browser does not let the console copy'

export function CopyButton({ text, what }: CopyButtonProps) {
  const { outcome, copy } = useCopying(text)
  const label = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? COPY_FAILED : `Copy ${what}`
  return (
    <Tooltip text={label}>
      <button type="button" className="copy" aria-label={label} onClick={() => void copy()}>
        {outcome === 'copied' ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      </button>
    </Tooltip>
  )
}

/** A value that can be copied: every id is one. */
export function Copyable({ text, what, children }: CopyButtonProps & { children?: ReactNode }) {
  return (
    <span className="copyable">
      {children ?? <code>{text}</code>}
      <CopyButton text={text} what={what} />
    </span>
  )
}
