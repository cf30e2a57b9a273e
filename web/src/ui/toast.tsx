import { Toast as Base } from '@base-ui/react/toast'
import { CircleCheck, X } from 'lucide-react'
import type { ReactNode } from 'react'

const SHOWN_MS = 6_000
const SHOWN_MAX = 3

const manager = Base.createToastManager()

/** Tells of success that left the screen. Errors are shown where they belong, never here. */
export function toast(title: string): void {
  manager.add({ title })
}

export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} timeout={SHOWN_MS} limit={SHOWN_MAX}>
      {children}
      <Base.Portal>
        <Base.Viewport className="toasts">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function Toasts() {
  const { toasts } = Base.useToastManager()
  return toasts.map((one) => (
    <Base.Root key={one.id} toast={one} className="toast" swipeDirection={[]}>
      <CircleCheck size={18} className="tone-ok" aria-hidden="true" />
      <Base.Content className="toast-text">
        <Base.Title className="toast-title" />
      </Base.Content>
      <Base.Close className="copy" aria-label="Dismiss">
        <X size={14} aria-hidden="true" />
      </Base.Close>
    </Base.Root>
  ))
}
