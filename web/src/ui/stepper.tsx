import { Check } from 'lucide-react'
import type { ReactNode } from 'react'

interface StepperProps {
  /** A done step may be a link back to it. */
  steps: ReadonlyArray<{ label: string; back?: ReactNode }>
  current: number
}

export function Stepper({ steps, current }: StepperProps) {
  return (
    <nav aria-label="Setup steps">
      <ol className="stepper">
        {steps.map(({ label, back }, index) => (
          <li key={label} aria-current={index === current ? 'step' : undefined}>
            <span className="step-mark" data-done={index < current || undefined}>
              {index < current ? <Check size={13} strokeWidth={3} aria-label="Done" /> : index + 1}
            </span>
            {index < current && back ? back : label}
          </li>
        ))}
      </ol>
    </nav>
  )
}
