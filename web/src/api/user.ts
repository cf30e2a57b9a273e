import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import { readAll } from './pages'
import type { Schemas } from './types.gen'

export type User = Schemas['User']
export type UserForm = Schemas['UserForm']
export type UserChange = Schemas['UserChange']
export type Role = Schemas['Role']

export const PASSWORD_CHARACTERS_MIN = 12

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => readAll((query) => call('get', '/users', { query, signal })),
})

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id],
    queryFn: ({ signal }) => call('get', '/users/{id}', { path: { id }, signal }),
  })

export function createUser(body: UserForm, idempotencyKey: string) {
  return call('post', '/users', { body, idempotencyKey })
}

export function changeUser(id: string, body: UserChange) {
  return call('patch', '/users/{id}', { path: { id }, body })
}

export function setUserPassword(id: string, password: string) {
  return call('put', '/users/{id}/password', { path: { id }, body: { password } })
}

export function deleteUser(id: string) {
  return call('delete', '/users/{id}', { path: { id } })
}

/** Whether nobody could manage users any more without this one. */
export function isLastAdmin(user: User, users: readonly User[]): boolean {
  const isAdmin = (one: User) => one.role === 'Admin' && one.enabled
  return isAdmin(user) && !users.some((one) => one.id !== user.id && isAdmin(one))
}
