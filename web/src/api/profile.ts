// What people do about their own account.
import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { Schemas } from './types.gen'

export type Session = Schemas['Session']

export const sessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: async ({ signal }) => (await call('get', '/me/sessions', { signal })).results,
})

export function endSession(id: string) {
  return call('delete', '/me/sessions/{id}', { path: { id } })
}

/** Every other session is over then; this one goes on. */
export function changePassword(body: Schemas['NewPassword']) {
  return call('put', '/me/password', { body })
}
