import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Button } from './button'
import { COPY_FAILED, useCopying } from './copy'
import { LeaveGuard } from './leave-guard'
import './shown-once.css'

interface ShownOnceProps {
  title: string
  value: string
  /** What it is: `password`, `token`. */
  what: string
  onDone: () => void
  children?: ReactNode
}

/** A secret that the server has just made and never shows again: whoever leaves before it was copied is asked. */
export function ShownOnce({ title, value, what, onDone, children }: ShownOnceProps) {
  const [isTaken, setIsTaken] = useState(false)
  const { outcome, copy } = useCopying(value)
  const titleId = useId()
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    box.current?.focus()
  }, [])
  const take = async () => {
    if (await copy()) setIsTaken(true)
  }
  return (
    <section ref={box} className="card shown-once" aria-labelledby={titleId} tabIndex={-1}>
      <LeaveGuard isDirty={!isTaken} title={`Leave without the ${what}?`} loss={`You have not copied the ${what}. It is not shown again.`} />
      <h2 id={titleId}>{title}</h2>
      <p>Copy it now: it is not shown again, and the server keeps only a hash of it.</p>
      <div className="shown-once-value">
        <code>{value}</code>
        <Button kind="primary" onClick={() => void take()}>
          {outcome === 'copied' ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
          Copy {what}
        </Button>
      </div>
      <p className="quiet" role="status">
        {outcome === 'copied' ? 'Copied.' : outcome === 'failed' ? `${COPY_FAILED}: select it and copy it by hand.` : ''}
      </p>
      {children}
      <div className="form-actions">
        <Button onClick={onDone}>Done</Button>
      </div>
    </section>
  )
}
