import { useBlocker } from '@tanstack/react-router'
import { ConfirmDialog } from './dialog'

/** Asks before a page with unsaved input is left. Who leaves because it was saved navigates with `ignoreBlocker`. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker({
    // Another time range, or a place on the same page, keeps the input.
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      title="Leave without saving?"
      action="Leave"
      isOpen={blocker.status === 'blocked'}
      isBusy={false}
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
    >
      <p>What you typed on this page is not kept.</p>
    </ConfirmDialog>
  )
}
