import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { connection } from '../api/connection'
import { meQuery } from '../api/session'
import { useStore } from '../store'
import { Button } from '../ui/button'

/** How often a lost server is looked for. */
const LOOK_MS = 3_000

/** Bars over every page: the server is gone, or it is another version by now. */
export function Notices() {
  const { isReached, isOutdated } = useStore(connection)
  return (
    <div role="status">
      {!isReached && <OfflineBar />}
      {isOutdated && (
        <div className="notice-bar">
          <span>A new version of the console is there.</span>
          <Button size="small" onClick={() => location.reload()}>
            Reload
          </Button>
        </div>
      )}
    </div>
  )
}

function OfflineBar() {
  const client = useQueryClient()
  useEffect(() => {
    const look = async () => {
      await client.fetchQuery({ ...meQuery, staleTime: 0, retry: false }).catch(() => undefined)
      if (connection.get().isReached) void client.invalidateQueries()
    }
    const timer = setInterval(() => void look(), LOOK_MS)
    return () => clearInterval(timer)
  }, [client])
  return (
    <div className="notice-bar">
      <span>
        <strong>The console lost its server.</strong> What is shown may be old; your input is still here. Looking for it again…
      </span>
    </div>
  )
}
