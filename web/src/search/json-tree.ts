// The lines of an unfolded JSON value, and where a searched text stands in it.
import { type Json, scalarText } from '../json'

/** A longer array is shown so far at first. */
export const ITEMS_SHOWN = 20

export interface TreeLine {
  /** Names and positions from the top; they name the line. */
  path: readonly string[]
  /** What holds it. */
  holder: Json
  value: Json
  depth: number
  /** Parts that it has, if it is an object or an array. */
  partCount: number | undefined
  isFolded: boolean
  /** Items of an array that are not shown, on a line of their own at its end. */
  hiddenCount?: number
}

export interface Unfolding {
  /** Paths, as `pathKey` writes them. */
  folded: ReadonlySet<string>
  /** Arrays that show everything. */
  whole: ReadonlySet<string>
}

export function pathKey(path: readonly string[]): string {
  return JSON.stringify(path)
}

/** `actor.teams[0].name`, as people and most tools write it. */
export function pathText(path: readonly string[], root: Json): string {
  let holder: Json | undefined = root
  let written = ''
  for (const key of path) {
    if (holder?.kind === 'array') written += `[${key}]`
    else if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) written += written === '' ? key : `.${key}`
    else written += `[${JSON.stringify(key)}]`
    holder = partsOf(holder)?.find(([name]) => name === key)?.[1]
  }
  return written
}

function partsOf(value: Json | undefined): ReadonlyArray<readonly [string, Json]> | undefined {
  if (value?.kind === 'object') return value.members
  return value?.kind === 'array' ? value.items.map((item, index) => [String(index), item] as const) : undefined
}

/** The lines that are to be seen. While something is searched, only what leads to it. */
export function treeLines(root: Json, { folded, whole }: Unfolding, searched = ''): TreeLine[] {
  const wanted = searched.trim().toLowerCase()
  const lines: TreeLine[] = []
  const walk = (holder: Json, path: readonly string[]) => {
    const parts = partsOf(holder) ?? []
    const found = wanted === '' ? parts : parts.filter(([key, value]) => contains(key, value, wanted))
    const isCut = holder.kind === 'array' && found.length > ITEMS_SHOWN && !whole.has(pathKey(path))
    for (const [key, value] of isCut ? found.slice(0, ITEMS_SHOWN) : found) {
      const place = [...path, key]
      const partCount = partsOf(value)?.length
      const isFolded = partCount !== undefined && wanted === '' && folded.has(pathKey(place))
      lines.push({ path: place, holder, value, depth: place.length - 1, partCount, isFolded })
      if (partCount !== undefined && !isFolded) walk(value, place)
    }
    if (isCut) {
      const hiddenCount = found.length - ITEMS_SHOWN
      lines.push({ path, holder, value: holder, depth: path.length, partCount: undefined, isFolded: false, hiddenCount })
    }
  }
  walk(root, [])
  return lines
}

function contains(key: string, value: Json, wanted: string): boolean {
  if (key.toLowerCase().includes(wanted)) return true
  const text = scalarText(value)
  if (text !== undefined) return text.toLowerCase().includes(wanted)
  return (partsOf(value) ?? []).some(([inner, one]) => contains(inner, one, wanted))
}

/** Every path that can be folded. */
export function foldable(root: Json): string[] {
  const found: string[] = []
  const walk = (value: Json, path: readonly string[]) => {
    for (const [key, one] of partsOf(value) ?? []) {
      if (partsOf(one) === undefined) continue
      found.push(pathKey([...path, key]))
      walk(one, [...path, key])
    }
  }
  walk(root, [])
  return found
}
