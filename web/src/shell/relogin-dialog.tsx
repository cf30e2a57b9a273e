import { useQueryClient } from '@tanstack/react-query'
import { connection } from '../api/connection'
import { meQuery } from '../api/session'
import { useStore } from '../store'
import { Dialog } from '../ui/dialog'
import { LoginForm } from './login-form'

/** Over the page when the session is over: what was typed below it stays. */
export function ReloginDialog() {
  const client = useQueryClient()
  const { isSessionOver } = useStore(connection)
  const refresh = async () => {
    // Who it is comes first: somebody else gets a page of their own.
    await client.fetchQuery({ ...meQuery, staleTime: 0 })
    await client.invalidateQueries()
  }
  return (
    <Dialog title="Your session is over" isOpen={isSessionOver} onClose={() => undefined}>
      <p className="quiet">Sign in again. What you typed on this page is kept.</p>
      <LoginForm onSignedIn={() => void refresh()} />
    </Dialog>
  )
}
