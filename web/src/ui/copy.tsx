import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Tooltip } from './tooltip'

const CONFIRMED_MS = 1_500

interface CopyButtonProps {
  text: string
  /** What is copied: `organization id`. */
  what: string
}

export function CopyButton({ text, what }: CopyButtonProps) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), CONFIRMED_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setIsCopied(true)
  }
  const label = isCopied ? 'Copied' : `Copy ${what}`
  return (
    <Tooltip text={label}>
      <button type="button" className="copy" aria-label={label} onClick={() => void copy()}>
        {isCopied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
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
