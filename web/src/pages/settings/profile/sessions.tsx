import { useQuery } from '@tanstack/react-query'
import { type Session, endSession, sessionsQuery } from '../../../api/profile'
import { useAction } from '../../../api/use-action'
import { Badge } from '../../../ui/badge'
import { Button } from '../../../ui/button'
import { ProblemView } from '../../../ui/problem-view'
import { Loaded } from '../../../ui/states'
import { Table } from '../../../ui/table'
import { Time } from '../../../ui/time'
import { toast } from '../../../ui/toast'
import { browserName } from './browser-name'

/** Where one is signed in. This browser's own session ends by Sign out. */
export function Sessions() {
  const query = useQuery(sessionsQuery)
  const ending = useAction((session: Session) => endSession(session.id), {
    changes: [sessionsQuery.queryKey],
    onDone: (_, session) => toast(`Signed out of ${browserName(session.agent)} at ${session.address}`),
  })
  return (
    <>
      <p className="quiet">A session is over after 36 hours without use, after 14 days, and when the password changes.</p>
      {ending.isError && <ProblemView error={ending.error} isFocused />}
      <Loaded query={query}>
        {(sessions) => (
          <Table
            label="Sessions"
            head={
              <>
                <th scope="col">Browser</th>
                <th scope="col">Address</th>
                <th scope="col">Signed in</th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </>
            }
          >
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} isBusy={ending.isPending && ending.variables.id === session.id} onEnd={() => ending.mutate(session)} />
            ))}
          </Table>
        )}
      </Loaded>
    </>
  )
}

interface SessionRowProps {
  session: Session
  isBusy: boolean
  onEnd: () => void
}

function SessionRow({ session, isBusy, onEnd }: SessionRowProps) {
  const name = browserName(session.agent)
  return (
    <tr>
      <td>
        <div className="cell-name">
          <span>{name}</span>
          {name !== session.agent && (
            <details className="disclosure meta">
              <summary>What it calls itself</summary>
              {session.agent}
            </details>
          )}
        </div>
      </td>
      <td className="nowrap">
        <code>{session.address}</code>
      </td>
      <td>
        <Time at={session.begunAt} />
      </td>
      <td>
        <Time at={session.lastUsedAt} />
      </td>
      <td className="number">
        {session.isCurrent ? (
          <Badge tone="accent">This one</Badge>
        ) : (
          <Button size="small" isBusy={isBusy} aria-label={`End the session of ${name} at ${session.address}`} onClick={onEnd}>
            End
          </Button>
        )}
      </td>
    </tr>
  )
}
