// What people did to a log source and what happened to it, as one story.
import type { AuditEntry } from '../../../api/audit-log'
import type { Note } from '../../../api/source-history'

export type Happening = { at: string; note: Note } | { at: string; entry: AuditEntry }

/**
 * Returns both in order, the newest first. While there are older entries that are not loaded, notes older than those that are
 * wait: they would stand beside a gap.
 */
export function storyOf(notes: readonly Note[], entries: readonly AuditEntry[], hasOlderEntries: boolean): Happening[] {
  const oldest = hasOlderEntries ? entries.at(-1)?.at : undefined
  const isReached = (note: Note) => oldest === undefined || instant(note.lastAt) >= instant(oldest)
  const happenings: Happening[] = [
    ...notes.filter(isReached).map((note) => ({ at: note.lastAt, note })),
    ...entries.map((entry) => ({ at: entry.at, entry })),
  ]
  return happenings.sort((one, other) => instant(other.at) - instant(one.at))
}

function instant(text: string): number {
  return Date.parse(text)
}
