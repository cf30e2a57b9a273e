// What the answers tell besides themselves: whether the server is reached, the session is over, another version runs.
import { store } from '../store'

export interface Connection {
  isReached: boolean
  isSessionOver: boolean
  /** The build that served this page, and whether the server is another one by now. */
  build: string | null
  isOutdated: boolean
}

export const connection = store<Connection>({ isReached: true, isSessionOver: false, build: null, isOutdated: false })

export interface Answer {
  isReached: boolean
  status?: number
  /** Of the problem, if it is one. */
  code?: string | undefined
  build?: string | null
}

/** Notes what an answer, or the lack of one, says about the connection. */
export function noteAnswer({ isReached, status, code, build }: Answer): void {
  const before = connection.get()
  const known = before.build ?? build ?? null
  connection.set({
    isReached,
    // A password that was refused says nothing of the session.
    isSessionOver: before.isSessionOver || (status === 401 && code !== 'login_refused'),
    build: known,
    isOutdated: before.isOutdated || (build != null && build !== known),
  })
}

/** The person signed in again. */
export function sessionRenewed(): void {
  connection.set({ ...connection.get(), isSessionOver: false })
}
