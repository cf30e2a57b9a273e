// Who is asking: sessions of people and API tokens. Written by hand until the API's document has it.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { send } from './client'
import { sessionRenewed } from './connection'

export interface Me {
  kind: 'user' | 'token'
  name: string
  email?: string
  role?: string
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

export async function signOut(): Promise<void> {
  await send('delete', '/session')
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
