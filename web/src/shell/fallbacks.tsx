// Instead of a page: while it loads, when it is not there, when it broke.
import { type ErrorComponentProps, useRouter, useRouterState } from '@tanstack/react-router'
import { Button, ButtonLink } from '../ui/button'
import { Page } from '../ui/page'
import { FailedState, Skeleton } from '../ui/states'
import { useOpenCommands } from './open-commands'

export function Waiting() {
  return (
    <div className="page">
      <Skeleton />
    </div>
  )
}

export function NotFound() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const openCommands = useOpenCommands()
  return (
    <Page title="There is no such page">
      <p>
        The console has nothing at <code>{path}</code>. The link may be old or cut off. Pages, log sources and destinations can be found by name.
      </p>
      <div className="form-actions">
        {openCommands && (
          <Button kind="primary" onClick={openCommands}>
            Find by name…
          </Button>
        )}
        <ButtonLink to="/">Go to the start</ButtonLink>
      </div>
    </Page>
  )
}

/** Where there is no frame around it. */
export function NotFoundAlone() {
  return (
    <main className="main">
      <NotFound />
    </main>
  )
}

export function CrashedAlone(props: ErrorComponentProps) {
  return (
    <main className="main">
      <Crashed {...props} />
    </main>
  )
}

export function Crashed({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <Page title="This page could not be shown">
      <FailedState error={error} onRetry={retry} />
      <div className="form-actions">
        <Button onClick={() => location.reload()}>Reload the console</Button>
      </div>
    </Page>
  )
}
