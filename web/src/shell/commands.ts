export interface Command {
  id: string
  label: string
  group: string
  run: () => void
}

/** Returns the commands in whose label every word of the text begins a word; all of them for no text. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const wanted = words(text)
  return commands.filter(({ label }) => {
    const there = words(label)
    return wanted.every((word) => there.some((one) => one.startsWith(word)))
  })
}

function words(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)
}
