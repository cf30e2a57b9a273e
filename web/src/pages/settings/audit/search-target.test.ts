import { expect, it } from 'vitest'
import { readQuery } from '../../../search/filter'
import { searchLink } from '../../../search/state'
import { searchTarget } from './search-target'

const ID = '01a218b3-46de-789c-9f27-7f44ad5e4893'
const is = (field: string, value: string) => ({ field, operator: 'is', values: [value] })

it('finds what the filters find, in the same time', () => {
  const search = { actor: 'ann@example.com', action: 'set_alarm', object: `log_source_alarm:${ID}/SOURCE_NO_DATA`, outcome: 'failed', from: 'now-30d', to: 'now', entry: '1' }
  expect(searchTarget(search)).toEqual({
    table: 'margay_audit',
    filters: [is('actor.name', 'ann@example.com'), is('action', 'set_alarm'), is('object.object_type', 'log_source_alarm'), is('object.id', `${ID}/SOURCE_NO_DATA`), is('outcome', 'failed')],
    range: { from: 'now-30d', to: 'now' },
  })
})

it('knows an id of an actor from a name, and a kind without an id', () => {
  expect(searchTarget({ actor: ID, object: 'user' }).filters).toEqual([is('actor.id', ID), is('object.object_type', 'user')])
  expect(searchTarget({}).filters).toEqual([])
})

it('is read back by the search as it was meant', () => {
  const { search } = searchLink(searchTarget({ actor: 'a "b" & c' }))
  expect(readQuery(search.q ?? '')?.filters).toMatchObject([is('actor.name', 'a "b" & c')])
})
