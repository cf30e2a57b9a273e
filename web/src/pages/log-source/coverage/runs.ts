// A ledger as it is drawn: runs of one state, in words and in pixels.
import type { Coverage, Stretch, StretchState } from '../../../api/coverage'
import { formatCount, formatCounted } from '../../../format'
import { formatDuration } from '../../../time/relative'
import type { Span } from '../../../time/range'

/** Event time that stands the same, whatever proves it. */
export interface Run extends Span {
  state: StretchState
}

export const STATE_WORDS: Record<StretchState, string> = {
  complete: 'Proven',
  to_be_read: 'To be read',
  hole: 'Hole',
  lost: 'Lost',
}

/** The graver one is shown where there is no room for both. */
const GRAVITY: Record<StretchState, number> = { complete: 0, to_be_read: 1, hole: 2, lost: 3 }

/** Puts stretches together that touch and stand the same. */
export function runsOf(stretches: readonly Stretch[]): Run[] {
  const runs: Run[] = []
  for (const { from, to, state } of stretches) {
    const run = { from: new Date(from), to: new Date(to), state }
    const last = runs.at(-1)
    if (last && last.state === state && last.to.getTime() === run.from.getTime()) last.to = run.to
    else runs.push(run)
  }
  return runs
}

export function spanOf(runs: readonly Run[]): Span | undefined {
  const [first, last] = [runs[0], runs.at(-1)]
  return first && last ? { from: first.from, to: last.to } : undefined
}

export interface Placed {
  state: StretchState
  x: number
  width: number
}

/**
 * Places what is not proven on a line of so many pixels. Nothing is narrower than `least`, so that a hole of a minute within ninety days
 * is seen; what would overlap becomes one, of the graver state.
 */
export function placed(runs: readonly Run[], span: Span, width: number, least: number): Placed[] {
  const scale = width / Math.max(span.to.getTime() - span.from.getTime(), 1)
  const all: Placed[] = []
  for (const run of runs) {
    if (run.state === 'complete') continue
    const wide = Math.max((run.to.getTime() - run.from.getTime()) * scale, least)
    const x = Math.min((run.from.getTime() - span.from.getTime()) * scale, width - wide)
    const last = all.at(-1)
    if (last && x < last.x + last.width) {
      last.width = Math.max(x + wide, last.x + last.width) - last.x
      if (GRAVITY[run.state] > GRAVITY[last.state]) last.state = run.state
    } else all.push({ state: run.state, x, width: wide })
  }
  return all
}

export interface Label {
  text: string
  x: number
}

/** Names what was placed, from the left, where there is room for the word. */
export function labels(pieces: readonly Placed[], width: number, wordWidth: (word: string) => number): Label[] {
  const named: Label[] = []
  let free = 0
  for (const { state, x, width: wide } of pieces) {
    const text = STATE_WORDS[state]
    const half = wordWidth(text) / 2
    const middle = Math.min(Math.max(x + wide / 2, half), width - half)
    if (middle - half < free) continue
    named.push({ text, x: middle })
    free = middle + half
  }
  return named
}

/** `1 hole (3 h) and 2 stretches to be read (5 days)`, or that nothing is missing. */
export function summary(coverage: Coverage, runs: readonly Run[]): string {
  if (runs.length === 0) return 'Nothing has been read yet.'
  if (coverage.isComplete) return 'Everything is here: no hole, nothing lost.'
  const parts = (['hole', 'to_be_read', 'lost'] as const).flatMap((state) => {
    const found = runs.filter((run) => run.state === state)
    if (found.length === 0) return []
    const ms = found.reduce((sum, { from, to }) => sum + to.getTime() - from.getTime(), 0)
    return [`${counted(state, found.length)} (${formatDuration(ms)})`]
  })
  return `${parts.join(', ')}.`
}

function counted(state: 'hole' | 'to_be_read' | 'lost', count: number): string {
  if (state === 'hole') return formatCounted(count, 'hole')
  return `${formatCount(count)} ${count === 1 ? 'stretch' : 'stretches'} ${state === 'lost' ? 'lost' : 'to be read'}`
}
