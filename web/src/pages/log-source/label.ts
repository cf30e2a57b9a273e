/** The API's bound. */
const CHARACTERS_MAX = 64

/** Returns what is wrong with a name for a log source, or undefined. */
export function labelProblem(label: string): string | undefined {
  const length = [...label.trim()].length
  if (length === 0) return 'Give it a name, such as My Asana logs.'
  return length > CHARACTERS_MAX ? `Use at most ${CHARACTERS_MAX} characters; these are ${length}.` : undefined
}
