import { createLink } from '@tanstack/react-router'
import { type ComponentProps, type MouseEvent, type ReactNode, useId } from 'react'
import { Tooltip } from './tooltip'

interface Look {
  kind?: 'primary' | 'danger' | 'quiet'
  size?: 'small'
}

interface ButtonProps extends Look, Omit<ComponentProps<'button'>, 'disabled'> {
  /** Work is under way: the label stays, a second press does nothing. */
  isBusy?: boolean | undefined
  /** Why the person may not use it. It stays focusable, so that the reason can be read. */
  denied?: string | undefined
}

export function Button({ kind, size, isBusy, denied, children, onClick, type = 'button', ...rest }: ButtonProps) {
  const reasonId = useId()
  const isOff = Boolean(denied) || isBusy
  // Enter in a field presses the form's button too: this stops it as well.
  const press = (event: MouseEvent<HTMLButtonElement>) => (isOff ? event.preventDefault() : onClick?.(event))
  const button = (
    <button
      {...rest}
      type={type}
      className="button"
      data-kind={kind}
      data-size={size}
      aria-disabled={isOff || undefined}
      aria-describedby={denied ? reasonId : rest['aria-describedby']}
      onClick={press}
    >
      {isBusy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  )
  if (!denied) return button
  return (
    <>
      <Tooltip text={denied}>{button}</Tooltip>
      <span id={reasonId} className="visually-hidden">
        {denied}
      </span>
    </>
  )
}

interface IconButtonProps extends Look, ComponentProps<'button'> {
  label: string
  children: ReactNode
}

/** A button that is only a picture: its label is its tooltip and its name. */
export function IconButton({ label, kind = 'quiet', size, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button type="button" {...rest} className="button" data-shape="icon" data-kind={kind} data-size={size} aria-label={label} />
    </Tooltip>
  )
}

function ButtonAnchor({ kind, size, ...rest }: Look & ComponentProps<'a'>) {
  return <a {...rest} className="button" data-kind={kind} data-size={size} />
}

/** A link to a page that looks like a button. */
export const ButtonLink = createLink(ButtonAnchor)
