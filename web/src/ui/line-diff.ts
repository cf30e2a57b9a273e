// What differs between two texts, line by line.

export interface DiffLine {
  kind: 'same' | 'removed' | 'added'
  text: string
  /** Its number in the text that has it: in the new one, but for a line that was removed. */
  number: number
}

/** Lines that are left out, for nothing differs there. */
export interface DiffGap {
  kind: 'gap'
  count: number
}

/** Comparing takes a table of so many cells at most: a fraction of a second. Beyond that all that is between differs. */
const CELLS_MAX = 4_000_000

/** Returns the lines of both texts in one order, with as few changes as there can be. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1
  const same = (index: number): DiffLine => ({ kind: 'same', text: now[index] ?? '', number: index + 1 })
  return [
    ...Array.from({ length: start }, (_, index) => same(index)),
    ...between(old.slice(start, old.length - end), now.slice(start, now.length - end), start),
    ...Array.from({ length: end }, (_, index) => same(now.length - end + index)),
  ]
}

/** The longest common subsequence, by its table. */
function between(old: readonly string[], now: readonly string[], offset: number): DiffLine[] {
  const removed = (index: number): DiffLine => ({ kind: 'removed', text: old[index] ?? '', number: offset + index + 1 })
  const added = (index: number): DiffLine => ({ kind: 'added', text: now[index] ?? '', number: offset + index + 1 })
  if (old.length * now.length > CELLS_MAX) return [...old.map((_, index) => removed(index)), ...now.map((_, index) => added(index))]
  const width = now.length + 1
  // How many lines the rest of both, from here on, have in common.
  const common = new Uint32Array((old.length + 1) * width)
  const rest = (row: number, column: number) => common[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === now[column] ? rest(row + 1, column + 1) + 1 : Math.max(rest(row + 1, column), rest(row, column + 1))
    }
  }
  const lines: DiffLine[] = []
  let [row, column] = [0, 0]
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      lines.push({ kind: 'same', text: now[column] ?? '', number: offset + column + 1 })
      row += 1
      column += 1
    } else if (row < old.length && (column === now.length || rest(row + 1, column) >= rest(row, column + 1))) {
      lines.push(removed(row))
      row += 1
    } else {
      lines.push(added(column))
      column += 1
    }
  }
  return lines
}

/** Leaves out what is further than so many lines from a change. */
export function folded(lines: readonly DiffLine[], context: number): Array<DiffLine | DiffGap> {
  const near = new Set<number>()
  lines.forEach(({ kind }, index) => {
    if (kind === 'same') return
    for (let one = index - context; one <= index + context; one += 1) near.add(one)
  })
  const kept: Array<DiffLine | DiffGap> = []
  lines.forEach((line, index) => {
    const last = kept.at(-1)
    if (near.has(index)) kept.push(line)
    else if (last?.kind === 'gap') last.count += 1
    else kept.push({ kind: 'gap', count: 1 })
  })
  return kept
}
