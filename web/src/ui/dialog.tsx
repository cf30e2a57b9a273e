import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { Button, IconButton } from './button'
import { Field } from './field'
import { TextInput } from './input'

interface DialogProps {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  /** Another class than that of a dialog in the middle. */
  className?: string
}

export function Dialog({ title, isOpen, onClose, children, className = 'dialog' }: DialogProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className={className}>
          <Base.Title className="dialog-title">{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** A panel at the right edge, over the page. */
export function Drawer({ title, isOpen, onClose, children }: Omit<DialogProps, 'className'>) {
  const panel = useRef<HTMLDivElement>(null)
  // What the drawer is for comes first, not the way out of it; one that is only read begins at its top.
  const primary = () => panel.current?.querySelector<HTMLElement>('.button[data-kind=primary]') ?? panel.current ?? true
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup ref={panel} className="drawer" initialFocus={primary}>
          <div className="drawer-head">
            <Base.Title className="dialog-title">{title}</Base.Title>
            <IconButton label="Close" onClick={onClose}>
              <X size={16} aria-hidden="true" />
            </IconButton>
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

interface ConfirmProps extends Omit<DialogProps, 'className'> {
  /** The verb on the button: `Delete source`. */
  action: string
  isBusy: boolean
  onConfirm: () => void
  /** What has to be typed first, for what cannot be undone. */
  typed?: string
}

/** Asks before something that cannot be undone. The text says what will happen to what. */
export function ConfirmDialog({ action, isBusy, onConfirm, typed, children, ...dialog }: ConfirmProps) {
  const [text, setText] = useState('')
  const [isWrong, setIsWrong] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // React hands events of a dialog to what rendered it: a form around it would be sent too.
    event.stopPropagation()
    if (typed !== undefined && text.trim() !== typed) return setIsWrong(true)
    onConfirm()
  }
  return (
    <Dialog {...dialog}>
      <form className="form" onSubmit={submit}>
        {children}
        {typed !== undefined && (
          <Field label={`Type “${typed}” to confirm`} error={isWrong && text.trim() !== typed && 'That is another name.'}>
            {(control) => <TextInput {...control} value={text} onChange={setText} />}
          </Field>
        )}
        <div className="form-actions">
          <Button type="submit" kind="danger" isBusy={isBusy}>
            {action}
          </Button>
          <Button kind="quiet" onClick={dialog.onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
