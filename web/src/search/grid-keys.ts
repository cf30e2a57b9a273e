// Where a key leads to in the grid of results.

export interface GridPlace {
  row: number
  column: number
}

export interface GridSize {
  rows: number
  columns: number
  /** Rows that are to be seen at once. */
  page: number
}

/** Returns the next place, or undefined if the key moves nothing. Letters count only where `hasLetters`. */
export function gridTarget(key: string, { row, column }: GridPlace, { rows, columns, page }: GridSize, hasLetters = true): GridPlace | undefined {
  const leap = Math.max(1, page - 1)
  const targets: Record<string, GridPlace> = {
    ArrowDown: { row: row + 1, column },
    ArrowUp: { row: row - 1, column },
    ArrowRight: { row, column: column + 1 },
    ArrowLeft: { row, column: column - 1 },
    PageDown: { row: row + leap, column },
    PageUp: { row: row - leap, column },
    Home: { row: 0, column },
    End: { row: rows - 1, column },
    ...(hasLetters && { j: { row: row + 1, column }, k: { row: row - 1, column } }),
  }
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined
  if (!target || rows === 0) return undefined
  return { row: within(target.row, rows), column: within(target.column, columns) }
}

function within(value: number, count: number): number {
  return Math.min(Math.max(count - 1, 0), Math.max(0, value))
}
