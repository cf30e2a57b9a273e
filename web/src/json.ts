// JSON that loses nothing: numbers stay the digits that they were, members their order. `JSON.parse` rounds beyond 2^53.

export type Json =
  | { kind: 'object'; members: ReadonlyArray<readonly [string, Json]> }
  | { kind: 'array'; items: readonly Json[] }
  | { kind: 'string'; value: string }
  | { kind: 'number'; digits: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }

/** Deeper values are kept as text: nobody unfolds so far, and the stack has an end. */
const DEPTH_MAX = 200
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([{}[\],:]))\s*/y

/** Returns the value of a JSON text, or undefined if it is none. */
export function parseJson(source: string): Json | undefined {
  const found = tokensOf(source)
  if (!found) return undefined
  let at = 0
  try {
    const value = read(0)
    return at === found.length ? value : undefined
  } catch {
    return undefined
  }

  function take(): string {
    const token = found?.[at]
    if (token === undefined) throw new SyntaxError('the text ends too early')
    at += 1
    return token
  }

  function read(depth: number): Json {
    if (depth > DEPTH_MAX) throw new RangeError('too deep')
    const token = take()
    if (token === '{') return { kind: 'object', members: readAll('}', () => member(depth + 1)) }
    if (token === '[') return { kind: 'array', items: readAll(']', () => read(depth + 1)) }
    if (token.startsWith('"')) return { kind: 'string', value: string(token) }
    if (token === 'true' || token === 'false') return { kind: 'boolean', value: token === 'true' }
    if (token === 'null') return { kind: 'null' }
    if (/^[-\d]/.test(token)) return { kind: 'number', digits: token }
    throw new SyntaxError(`“${token}” is not expected`)
  }

  function member(depth: number): readonly [string, Json] {
    const key = string(take())
    if (take() !== ':') throw new SyntaxError('a colon is missing')
    return [key, read(depth)]
  }

  function readAll<T>(end: string, one: () => T): T[] {
    const all: T[] = []
    if (found?.[at] === end) {
      at += 1
      return all
    }
    for (;;) {
      all.push(one())
      const next = take()
      if (next === end) return all
      if (next !== ',') throw new SyntaxError('a comma is missing')
    }
  }
}

function string(token: string): string {
  return String(JSON.parse(token))
}

function tokensOf(source: string): string[] | undefined {
  const found: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source)
    if (!match) return undefined
    found.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
  }
  return found.length > 0 ? found : undefined
}

/** As JSON text, with two blanks for each level, or in one line. */
export function writeJson(value: Json, isPretty = true, indent = ''): string {
  const inner = isPretty ? `\n${indent}  ` : ''
  const outer = isPretty ? `\n${indent}` : ''
  const deeper = (one: Json) => writeJson(one, isPretty, `${indent}  `)
  switch (value.kind) {
    case 'object':
      if (value.members.length === 0) return '{}'
      return `{${inner}${value.members.map(([key, one]) => `${JSON.stringify(key)}:${isPretty ? ' ' : ''}${deeper(one)}`).join(`,${inner}`)}${outer}}`
    case 'array':
      if (value.items.length === 0) return '[]'
      return `[${inner}${value.items.map(deeper).join(`,${inner}`)}${outer}]`
    case 'string':
      return JSON.stringify(value.value)
    case 'number':
      return value.digits
    case 'boolean':
      return String(value.value)
    case 'null':
      return 'null'
  }
}

/** A single value as text; undefined if it has parts. */
export function scalarText(value: Json): string | undefined {
  if (value.kind === 'string') return value.value
  if (value.kind === 'number') return value.digits
  if (value.kind === 'boolean') return String(value.value)
  return value.kind === 'null' ? 'null' : undefined
}
