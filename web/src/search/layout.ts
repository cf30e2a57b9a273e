// How a person likes to see a table: which columns, how wide, what is unfolded. It stays in this browser, and holds names, never values.

import { isNumeric } from './cell'

const PREFIX = 'margay.search.'
export const WIDTH_MIN = 64
export const WIDTH_MAX = 1_200
/** By one press of a key. */
export const WIDTH_STEP = 16

function read(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null')
  } catch {
    return null
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // Storage is switched off or full: the choice holds until the page is left.
  }
}

export function rememberedColumns(table: string): string[] | undefined {
  const kept = read(`columns.${table}`)
  return Array.isArray(kept) && kept.length > 0 && kept.every((name) => typeof name === 'string') ? kept : undefined
}

export function rememberColumns(table: string, columns: readonly string[] | undefined): void {
  write(`columns.${table}`, columns ?? null)
}

export type Widths = Readonly<Record<string, number>>

export function rememberedWidths(table: string): Widths {
  const kept = read(`widths.${table}`)
  if (typeof kept !== 'object' || kept === null) return {}
  const isWidth = (value: unknown) => typeof value === 'number' && value >= WIDTH_MIN && value <= WIDTH_MAX
  return Object.fromEntries(Object.entries(kept).filter((pair): pair is [string, number] => isWidth(pair[1])))
}

export function rememberWidths(table: string, widths: Widths): void {
  write(`widths.${table}`, widths)
}

/** Whether a part of the page is shown. */
export function rememberedOpen(part: string, otherwise: boolean): boolean {
  const kept = read(`open.${part}`)
  return typeof kept === 'boolean' ? kept : otherwise
}

export function rememberOpen(part: string, isOpen: boolean): void {
  write(`open.${part}`, isOpen)
}

/** Returns the columns with one of them moved so many places; at the ends it stays. */
export function moved(columns: readonly string[], name: string, by: number): string[] {
  const from = columns.indexOf(name)
  const to = Math.min(columns.length - 1, Math.max(0, from + by))
  if (from < 0) return [...columns]
  const others = columns.filter((one) => one !== name)
  return [...others.slice(0, to), name, ...others.slice(to)]
}

export function widthWithin(width: number): number {
  return Math.round(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)))
}

/** How wide a column is unless somebody chose. */
export function usualWidth(name: string, type: string): number {
  if (type === 'timestamp') return 232
  if (name === 'summary') return 480
  if (isNumeric(type) || type === 'boolean') return 120
  return name.endsWith('_id') || name.endsWith('gid') ? 176 : 200
}
