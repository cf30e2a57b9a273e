import { useBlocker } from '@tanstack/react-router'
import { ConfirmDialog } from './dialog'

interface LeaveGuardProps {
  isDirty: boolean
  title?: string
  /** What is gone afterwards. */
  loss?: string
}

/** Asks before a page with unsaved input is left. Who leaves because it was saved navigates with `ignoreBlocker`. */
export function LeaveGuard({ isDirty, title = 'Leave without saving?', loss = 'What you typed on this page is not kept.' }: LeaveGuardProps) {
  const blocker = useBlocker({
    // Another time range, or a place on the same page, keeps the input.
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      title={title}
      action="Leave"
      isOpen={blocker.status === 'blocked'}
      isBusy={false}
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
    >
      <p>{loss}</p>
    </ConfirmDialog>
  )
}
