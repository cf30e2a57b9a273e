import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode, RefObject } from 'react'

const GAP_PX = 4

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<Record<string, unknown>>
  children: ReactNode
  side?: 'top' | 'bottom'
}

export function Menu({ trigger, children, side = 'bottom' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="positioner" side={side} align="end" sideOffset={GAP_PX}>
          <Base.Popup className="popup">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface AnchoredMenuProps {
  /** What it hangs on, while it is open. */
  anchor: Element | null
  label: string
  onClose: () => void
  /** Where the focus goes afterwards, unless an item led elsewhere. */
  finalFocus: RefObject<HTMLElement | null>
  children: ReactNode
}

/** One menu for many places: it opens where it is needed. */
export function AnchoredMenu({ anchor, label, onClose, finalFocus, children }: AnchoredMenuProps) {
  return (
    <Base.Root open={anchor !== null} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Positioner className="positioner" anchor={anchor} align="start" sideOffset={GAP_PX}>
          <Base.Popup className="popup" aria-label={label} finalFocus={finalFocus}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface MenuItemProps {
  onSelect: () => void
  /** Why the person may not use it. */
  denied?: string | undefined
  isDangerous?: boolean
  children: ReactNode
}

export function MenuItem({ onSelect, denied, isDangerous, children }: MenuItemProps) {
  return (
    <Base.Item className="menu-item" disabled={Boolean(denied)} data-danger={isDangerous || undefined} onClick={onSelect}>
      {children}
      {denied && <span className="meta">{denied}</span>}
    </Base.Item>
  )
}

interface MenuChoiceProps<T extends string> {
  label: string
  value: T
  options: ReadonlyArray<{ value: T; label: string }>
  onChange: (value: T) => void
}

/** One of a few, within a menu. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="menu-label">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next: T) => onChange(next)}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} className="menu-item" value={option.value} closeOnClick>
            <span>{option.label}</span>
            <Base.RadioItemIndicator aria-hidden="true">✓</Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  )
}

export function MenuSeparator() {
  return <Base.Separator className="menu-separator" />
}
