export interface Command {
  id: string
  label: string
  group: string
  /** Only there when asked for: there are hundreds of its kind. */
  isHidden?: boolean
  run: () => void
}

/** More than fit into the list are no help. */
const FOUND_MAX = 50

/** Returns the commands in whose label every word of the text begins a word; for no text all but the hidden ones. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const wanted = words(text)
  const found = commands.filter(({ label, isHidden }) => {
    if (wanted.length === 0) return !isHidden
    const there = words(label)
    return wanted.every((word) => there.some((one) => one.startsWith(word)))
  })
  return found.slice(0, FOUND_MAX)
}

function words(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)
}
