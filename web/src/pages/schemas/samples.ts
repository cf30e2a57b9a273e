// Records that somebody pasted or dropped, before they are sent: how many there are, and what of a large file is used.

/** The API takes so much. */
export const SAMPLES_BYTES_MAX = 1 << 20

/** Everything that the API can cut a text into records by. `JsonArray` may have a path. */
export const STREAM_TYPES = [
  { value: 'Auto', label: 'Any format' },
  { value: 'NDJSON', label: 'JSON, one a line' },
  { value: 'JSON', label: 'JSON values' },
  { value: 'JsonArray', label: 'JSON array' },
  { value: 'Lines', label: 'Lines of text' },
  { value: 'CSV', label: 'CSV' },
] as const

export type StreamType = (typeof STREAM_TYPES)[number]['value']

/** Types of which no schema can be inferred: their records have no names of fields. */
const WITHOUT_NAMES: readonly StreamType[] = ['Lines', 'CSV']

export interface SampleSet {
  text: string
  streamType: StreamType
  /** With `JsonArray`: where in the document the array is. */
  arrayPath: string
  /** Where the text is from, and what of it was left out. */
  origin: string
}

export const NO_SAMPLES: SampleSet = { text: '', streamType: 'Auto', arrayPath: '', origin: '' }

/** What the API calls the way in which the text is cut. */
export function streamTypeOf({ streamType, arrayPath }: SampleSet): string {
  const path = arrayPath.trim()
  return streamType === 'JsonArray' && path !== '' ? `JsonArray:${path}` : streamType
}

export type Use = 'infer' | 'test'

/** Returns what is wrong with the samples for a use, or undefined. */
export function sampleProblem({ text, streamType }: SampleSet, use: Use): string | undefined {
  if (text.trim() === '') return 'Paste some records first, or drop a file here.'
  if (byteCount(text) > SAMPLES_BYTES_MAX) return 'These are more than 1 MiB. Take a part of them.'
  if (use === 'infer' && WITHOUT_NAMES.includes(streamType)) {
    return 'A schema can be inferred of JSON objects only. Records that are text need a parser, which is written by hand.'
  }
  return undefined
}

export function byteCount(text: string): number {
  return new TextEncoder().encode(text).length
}

/** Lines that are not blank. */
export function lineCount(text: string): number {
  let count = 0
  for (const line of text.split('\n')) if (line.trim() !== '') count += 1
  return count
}

/** The offsets of a line, counted from 1. */
export function lineSpan(text: string, line: number): { from: number; to: number } {
  let from = 0
  for (let number = 1; number < line; number += 1) {
    const end = text.indexOf('\n', from)
    if (end === -1) break
    from = end + 1
  }
  const end = text.indexOf('\n', from)
  return { from, to: end === -1 ? text.length : end }
}

/** What of a file is used: all of it, or its first lines; undefined if it is neither text nor lines that are short enough. */
export function headOf(bytes: Uint8Array, size: number): { text: string; isCut: boolean } | undefined {
  const isCut = size > bytes.length
  // Of a file that is longer, the last line is not whole.
  const end = isCut ? bytes.lastIndexOf(0x0a) + 1 : bytes.length
  if (end === 0 && isCut) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end))
    return text.includes('\u0000') ? undefined : { text, isCut }
  } catch {
    return undefined
  }
}
