// The part of a URL after `?`, as plain text. The router's own reading turns 16-digit ids into numbers, which lose digits.

export type TextParams = Record<string, string>

/** `?a=1&b=` to `{ a: '1', b: '' }`; of a name that comes twice the last one counts. */
export function parseSearch(text: string): TextParams {
  return Object.fromEntries(new URLSearchParams(text))
}

/** The other way round; what is undefined or empty is left out. */
export function stringifySearch(values: Record<string, unknown>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return text && `?${text}`
}

/** Returns the named members that are texts: what a page knows of its URL. */
export function pick<K extends string>(values: Record<string, unknown>, ...names: K[]): { [name in K]?: string } {
  const picked: { [name in K]?: string } = {}
  for (const name of names) {
    const value = values[name]
    if (typeof value === 'string' && value !== '') picked[name] = value
  }
  return picked
}

/** Returns a path of this console to go on to, or `/`: never another site. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next)) return '/'
  const url = new URL(next, location.origin)
  // A path that begins with two slashes would be another site once more.
  const isOurs = url.origin === location.origin && !url.pathname.startsWith('//') && url.pathname !== '/login'
  return isOurs ? url.pathname + url.search + url.hash : '/'
}
