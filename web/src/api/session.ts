// Who is asking: sessions of people and API tokens.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { send } from './client'
import { RequestError } from './problem'
import { sessionRenewed } from './connection'

export interface Me {
  kind: 'user' | 'token'
  id: string
  name: string
  role: string | null
  permissions: string[]
  version: string
  build: string
}

export interface Credentials {
  email: string
  password: string
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => send('get', '/me', { signal }) as Promise<Me>,
  staleTime: 60_000,
})

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => send('get', '/setup', { signal }) as Promise<{ needed: boolean }>,
})

export async function signIn(credentials: Credentials): Promise<void> {
  await send('post', '/session', { body: credentials })
  sessionRenewed()
}

/** Ends the session; one that is over already is no failure. */
export async function signOut(): Promise<void> {
  try {
    await send('delete', '/session')
  } catch (error) {
    if (!(error instanceof RequestError && error.problem.code === 'session_over')) throw error
  }
}

export async function setUp(body: Credentials & { code: string }): Promise<void> {
  await send('post', '/setup', { body })
  sessionRenewed()
}

/** Whether the person may do what `permission` lets; false until it is known. */
export function useCan(permission: string): boolean {
  const { data } = useQuery(meQuery)
  return data?.permissions.includes(permission) ?? false
}

/** The reason why a control is switched off, or undefined if the person may use it. */
export function useDenied(permission: string): string | undefined {
  const { data } = useQuery(meQuery)
  if (data === undefined || data.permissions.includes(permission)) return undefined
  return `You need the permission ${permission}${data.role ? `. Your role is ${data.role}.` : '.'}`
}
