import { expect, it } from 'vitest'
import { Desk, type Urgency } from './desk'

const live = new AbortController().signal
/** All promises that can be settled by now are. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('lets two work, then the most urgent', async () => {
  const desk = new Desk()
  const order: string[] = []
  const returns: Array<() => void> = []
  for (const urgency of ['values', 'bars', 'values', 'bars', 'rows'] as Urgency[]) {
    void desk.take(urgency, live).then((giveBack) => {
      order.push(urgency)
      returns.push(giveBack)
    })
  }
  await settled()
  expect(order).toEqual(['values', 'bars'])
  for (let count = 0; count < 3; count += 1) {
    returns.shift()?.()
    await settled()
  }
  expect(order).toEqual(['values', 'bars', 'rows', 'bars', 'values'])
})

it('forgets who does not want to wait, and counts a place once', async () => {
  const desk = new Desk(1)
  const giveBack = await desk.take('rows', live)
  const given = new AbortController()
  const waiting = desk.take('rows', given.signal)
  given.abort()
  await expect(waiting).rejects.toThrow()
  giveBack()
  giveBack()
  const second = await desk.take('rows', live)
  let isIn = false
  void desk.take('rows', live).then(() => (isIn = true))
  await settled()
  expect(isIn).toBe(false)
  second()
  await settled()
  expect(isIn).toBe(true)
})
