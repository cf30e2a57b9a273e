// A request that failed, as the console shows it.
import type { Schemas } from './types.gen'

export type Problem = Schemas['Problem']
export type Diagnosis = Schemas['Diagnosis']

/** A request that failed: refused by the server, or never answered by it. */
export class RequestError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'RequestError'
    this.problem = problem
  }

  get isUnreachable(): boolean {
    return this.problem.code === CODE_UNREACHABLE
  }
}

/** Our own code, for when no answer came. */
export const CODE_UNREACHABLE = 'server_unreachable'

/** What failed when the server did not answer at all. */
export function unreachable(): RequestError {
  return new RequestError({
    type: 'urn:margay:problem:server_unreachable',
    title: 'The console lost its server',
    status: 0,
    detail: 'No answer came. Your input is still here.',
    hint: 'See that the server runs and that this computer reaches it, then try again.',
    code: CODE_UNREACHABLE,
    request_id: '',
  })
}

/** Reads a failed answer. One that is no problem document, such as a proxy's page, becomes one. */
export function problemOf(status: number, body: unknown, requestId: string): Problem {
  if (isProblem(body)) return body
  return {
    type: 'about:blank',
    title: 'The server answered something unexpected',
    status,
    detail: `HTTP ${status}, and not the form that problems have. A proxy may have answered instead.`,
    code: `http_${status}`,
    request_id: requestId,
  }
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false
  const { code, title, status } = body as Partial<Problem>
  return typeof code === 'string' && typeof title === 'string' && typeof status === 'number'
}

/** Returns the problem of any thrown value; what is no failed request is our own error. */
export function asProblem(error: unknown): Problem {
  if (error instanceof RequestError) return error.problem
  return {
    type: 'urn:margay:problem:console',
    title: 'The console met an error of its own',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: 'console_error',
    request_id: '',
  }
}

/** Whether the same request can succeed later without anybody changing it. */
export function canPassByItself(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false
  const { status, diagnosis } = error.problem
  return diagnosis?.canPassByItself ?? (status === 0 || status === 429 || status >= 500)
}

/** Returns where in the statement it is, if the text does not say so already. */
export function unsaidPlace({ line, column, detail }: Problem): string | undefined {
  if (line == null || column == null) return undefined
  const isSaid = new RegExp(`\\bline:? ${line}, column:? ${column}\\b`, 'i').test(detail)
  return isSaid ? undefined : `Line ${line}, column ${column}`
}

/** Returns what to copy for somebody who helps: everything but what was typed. */
export function problemAsText(problem: Problem): string {
  const { diagnosis } = problem
  const lines = [
    `${problem.title}: ${problem.detail}`,
    `code: ${problem.code}`,
    `status: ${problem.status}`,
    problem.request_id && `request id: ${problem.request_id}`,
    problem.hint && `hint: ${problem.hint}`,
    diagnosis && `asked: ${diagnosis.endpoint}`,
    diagnosis?.vendorStatus && `answered: HTTP ${diagnosis.vendorStatus}`,
    diagnosis?.vendorMessage && `message: ${diagnosis.vendorMessage}`,
    diagnosis?.vendorRequestId && `vendor's request id: ${diagnosis.vendorRequestId}`,
  ]
  return lines.filter(Boolean).join('\n')
}
