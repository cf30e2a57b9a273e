import { expect, it } from 'vitest'
import { actionLabel, actorKindLabel, kindLabel } from './words'

it.each([
  ['pause_log_source', 'Pause log source'],
  ['create_api_token', 'Create API token'],
  ['log_in', 'Sign in'],
  ['log_out', 'Sign out'],
  ['idle', 'Idle'],
])('%s is said as %s', (action, expected) => {
  expect(actionLabel(action)).toBe(expected)
})

it('kinds that are not known go by their name', () => {
  expect([kindLabel('log_source'), kindLabel('new_thing')]).toEqual(['Log source', 'New thing'])
  expect([actorKindLabel('api_token'), actorKindLabel('robot')]).toEqual(['API token', 'Robot'])
})
