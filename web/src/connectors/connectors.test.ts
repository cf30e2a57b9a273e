import { expect, it } from 'vitest'
import { findConnectors, retentionText } from './connectors'

it('what a vendor keeps is said of that vendor only', () => {
  expect(retentionText('asana')).toBe('Asana keeps 90 days')
  expect(retentionText('another')).toBeUndefined()
})

it('connectors are found by a part of their name or kind', () => {
  expect(findConnectors(' asa').map(({ id }) => id)).toEqual(['asana'])
  expect(findConnectors('pull').map(({ id }) => id)).toEqual(['asana'])
  expect(findConnectors('nobody')).toEqual([])
})
