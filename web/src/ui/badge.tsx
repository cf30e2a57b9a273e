import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export type Tone = 'ok' | 'warn' | 'danger' | 'accent' | 'quiet' | 'critical' | 'high' | 'medium' | 'low'

interface BadgeProps {
  tone: Tone
  icon?: LucideIcon
  children: ReactNode
}

/** A state: a shape, a word and a colour, never the colour alone. */
export function Badge({ tone, icon: Icon, children }: BadgeProps) {
  return (
    <span className="badge" data-tone={tone}>
      {Icon && <Icon size={13} strokeWidth={2.4} aria-hidden="true" />}
      {children}
    </span>
  )
}
