// SQL as text: what is quoted and how, and where words, texts and comments begin and end. Everything that a person typed goes through `text`,
// `name` or `number` before it becomes part of a statement.

/** Words that mean something to the parser where a name may stand. One too many costs two quotes. */
const RESERVED = new Set(
  (
    'all and any array as asc between by case cast cross current_date current_time current_timestamp date day default delete desc distinct else end except ' +
    'exists extract false fetch filter for from full group grouping having hour ilike in inner insert intersect interval into is join lateral left like ' +
    'limit minute month natural not null nulls of offset on or order outer over partition position qualify range right rows sample second select set ' +
    'similar some struct substring table then time timestamp top trim true union unnest update user using values view when where window with within year'
  ).split(' '),
)

/** `'it''s'` */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** A name as it is, or in double quotes where it would not be read as one. */
export function name(segment: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(segment) && !RESERVED.has(segment) ? segment : `"${segment.replaceAll('"', '""')}"`
}

/** `actor.email` */
export function path(segments: readonly string[]): string {
  return segments.map(name).join('.')
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i

export function isNumber(value: string): boolean {
  return NUMBER.test(value.trim())
}

/** The digits as they were typed: none are lost. Throws for what is no number. */
export function number(value: string): string {
  const trimmed = value.trim()
  if (!isNumber(trimmed)) throw new RangeError(`“${value}” is no number`)
  return trimmed
}

/** A pattern of `like` in which the value stands for itself. */
export function likePattern(value: string): string {
  return value.replace(/[\\%_]/g, (letter) => `\\${letter}`)
}

/** The value of which `likePattern` made the pattern, or undefined if the pattern has wildcards of its own. */
export function unlikePattern(pattern: string): string | undefined {
  const plain = /^(?:[^\\%_]|\\[\\%_])*$/
  return plain.test(pattern) ? pattern.replace(/\\([\\%_])/g, '$1') : undefined
}

/** A regular expression in which the value stands for itself. */
export function patternText(value: string): string {
  return value.replace(/[\\.+*?()|[\]{}^$#&~-]/g, (letter) => `\\${letter}`)
}

/** The value of which `patternText` made the expression, or undefined if it is one of its own. */
export function unpatternText(pattern: string): string | undefined {
  const value = pattern.replace(/\\([^\w\s])/g, '$1')
  return patternText(value) === pattern ? value : undefined
}

export type TokenKind = 'word' | 'quoted' | 'text' | 'number' | 'sign' | 'comment' | 'blank' | 'stray'

export interface Token {
  kind: TokenKind
  /** As it stands in the statement. */
  source: string
  from: number
}

const TOKENS: ReadonlyArray<[TokenKind, RegExp]> = [
  ['blank', /\s+/y],
  ['comment', /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['text', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['number', /\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+/iy],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['sign', /<=|>=|<>|!=|\|\||::|[-+*/%(),.;=<>[\]~!^&|@#?:{}]/y],
  ['stray', /[\s\S]/y],
]

/** Cuts a statement into tokens; put together again they are the statement. */
export function tokens(sql: string): Token[] {
  const found: Token[] = []
  let from = 0
  while (from < sql.length) {
    for (const [kind, pattern] of TOKENS) {
      pattern.lastIndex = from
      const match = pattern.exec(sql)
      if (!match) continue
      found.push({ kind, source: match[0], from })
      from += match[0].length
      break
    }
  }
  return found
}

/** Tokens that mean something. */
export function meaningful(sql: string): Token[] {
  return tokens(sql).filter(({ kind }) => kind !== 'blank' && kind !== 'comment')
}

/** Whether the token is this word, however it is written. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.source.toLowerCase() === word
}

/** The value of a token that is a text. */
export function textOf(token: Token): string {
  return token.source.slice(1, -1).replaceAll("''", "'")
}

/** The name that a token is. Without quotes capital letters count as small ones. */
export function nameOf(token: Token): string {
  return token.kind === 'quoted' ? token.source.slice(1, -1).replaceAll('""', '"') : token.source.toLowerCase()
}
