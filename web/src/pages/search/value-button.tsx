import { type Target, useValueActions } from './value-menu'

interface ValueButtonProps {
  target: Target
  /** What is shown, if it is not the value itself. */
  text?: string
  className?: string
}

/** A value that can be asked for, by pointer and by keyboard. */
export function ValueButton({ target, text = target.value, className = '' }: ValueButtonProps) {
  const { open, press } = useValueActions()
  return (
    <button
      type="button"
      className={`value ${className}`}
      aria-haspopup="menu"
      dir="auto"
      onClick={(event) => open(event.currentTarget, [target])}
      onKeyDown={(event) => {
        if (press(event, target)) event.stopPropagation()
      }}
    >
      {text === '' ? '""' : text}
    </button>
  )
}
