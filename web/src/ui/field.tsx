import { CircleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { useErrorInTitle } from './title'

/** What a control needs to belong to its field. */
export interface Control {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

interface FieldProps {
  label: string
  hint?: ReactNode
  /** What is wrong with what was typed, and what to do. */
  error?: ReactNode
  isOptional?: boolean
  children: (control: Control) => ReactNode
}

/** A labelled control with its hint and its error. */
export function Field({ label, hint, error, isOptional, children }: FieldProps) {
  const id = useId()
  useErrorInTitle(Boolean(error))
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  const control: Control = { id, 'aria-describedby': describedBy || undefined, 'aria-invalid': error ? true : undefined }
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {isOptional && <span className="field-optional"> (optional)</span>}
      </label>
      {children(control)}
      {error && (
        <div className="field-error" id={`${id}-error`}>
          <CircleAlert size={14} aria-hidden="true" />
          <span>{error}</span>
        </div>
      )}
      {hint && (
        <div className="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  )
}

/** Focuses the first control of a form that has an error. */
export function focusFirstInvalid(form: HTMLElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
