// What each row of an answer is known by. An event has an id; but a statement may give the same event many times over, or none of its ids.
import type { Row } from './cell'

/** Before the place of a row, where its id alone does not tell it from the others. */
const PLACE = '#'
const WITH_PLACE = /^(.*)#(\d+)$/s

export interface RowIds {
  /** No two rows have the same. */
  idOf: (index: number) => string
  /** Where a row is; -1 if it is not among them. */
  indexOf: (id: string) => number
}

export function rowIds(rows: readonly Row[], idColumn: number): RowIds {
  const places = new Map<string, number[]>()
  rows.forEach((row, index) => {
    const id = ownId(row, idColumn)
    if (id === undefined) return
    const same = places.get(id)
    if (same) same.push(index)
    else places.set(id, [index])
  })
  const idOf = (index: number): string => {
    const id = ownId(rows[index], idColumn) ?? ''
    // What looks like an id with a place gets its own place, or two rows could be called the same.
    return places.get(id)?.length === 1 && !WITH_PLACE.test(id) ? id : `${id}${PLACE}${index + 1}`
  }
  const indexOf = (id: string): number => {
    const [, eventId, place] = WITH_PLACE.exec(id) ?? []
    const index = Number(place ?? 0) - 1
    if (eventId === '' && index < rows.length) return index
    if (eventId && ownId(rows[index], idColumn) === eventId) return index
    // The rows may be others by now: then it is the same event elsewhere.
    return (places.get(id) ?? places.get(eventId ?? ''))?.[0] ?? -1
  }
  return { idOf, indexOf }
}

/** The `p_row_id` of what was opened; undefined for a row that has none. */
export function eventIdOf(id: string | undefined): string | undefined {
  const [, eventId] = WITH_PLACE.exec(id ?? '') ?? [undefined, id]
  return eventId === '' ? undefined : eventId
}

function ownId(row: Row | undefined, idColumn: number): string | undefined {
  const value = idColumn < 0 ? undefined : row?.[idColumn]
  return typeof value === 'string' && value !== '' ? value : undefined
}
