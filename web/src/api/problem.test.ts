import { describe, expect, it } from 'vitest'
import { type Problem, RequestError, asProblem, canPassByItself, problemAsText, problemOf, unreachable, unsaidPlace } from './problem'

const PROBLEM: Problem = {
  type: 'urn:margay:problem:credentials_refused',
  title: 'The credentials do not work',
  status: 422,
  detail: 'Asana does not know this token',
  code: 'credentials_refused',
  request_id: 'r-1',
  diagnosis: {
    canPassByItself: false,
    causes: [{ text: 'the token is mistyped', whatToDo: 'copy it again' }],
    endpoint: 'GET /workspaces/1/audit_log_events',
    field: 'token',
    summary: 'Asana answered 401',
    title: 'Asana does not recognise this token',
    vendorMessage: 'Not Authorized',
    vendorRequestId: 'v-1',
    vendorStatus: 401,
  },
}

describe('problemOf', () => {
  it('keeps what the server says', () => {
    expect(problemOf(422, PROBLEM, 'r-1')).toBe(PROBLEM)
  })

  it.each([['<html>Bad gateway</html>'], [undefined], [null], [{ error: 'no' }]])('makes one of what is none: %s', (body) => {
    expect(problemOf(502, body, 'r-2')).toMatchObject({ status: 502, code: 'http_502', request_id: 'r-2' })
  })
})

describe('canPassByItself', () => {
  it.each([
    ['the server is gone', unreachable(), true],
    ['refused credentials', new RequestError(PROBLEM), false],
    ['the server is busy', new RequestError({ ...problemOf(503, undefined, '') }), true],
    ['not found', new RequestError({ ...problemOf(404, undefined, '') }), false],
    ['our own error', new TypeError('x is undefined'), false],
  ])('%s', (_, error, expected) => {
    expect(canPassByItself(error)).toBe(expected)
  })

  it('goes by the diagnosis where there is one', () => {
    const slow = { ...PROBLEM, diagnosis: { ...PROBLEM.diagnosis!, canPassByItself: true } }
    expect(canPassByItself(new RequestError(slow))).toBe(true)
  })
})

it('shows our own errors as such', () => {
  expect(asProblem(new TypeError('x is undefined'))).toMatchObject({ code: 'console_error', detail: 'x is undefined' })
})

it('copies what helps', () => {
  expect(problemAsText(PROBLEM)).toBe(
    [
      'The credentials do not work: Asana does not know this token',
      'code: credentials_refused',
      'status: 422',
      'request id: r-1',
      'asked: GET /workspaces/1/audit_log_events',
      'answered: HTTP 401',
      'message: Not Authorized',
      "vendor's request id: v-1",
    ].join('\n'),
  )
})

it('the place in a statement is said once', () => {
  const at = (detail: string) => unsaidPlace({ ...PROBLEM, detail, line: 1, column: 8 })
  expect(at('there is no column `gidd`')).toBe('Line 1, column 8')
  expect(at('Expected: an expression, found: from at Line: 1, Column: 8')).toBeUndefined()
  expect(at('Expected: an expression, found: from at Line: 1, Column: 80')).toBe('Line 1, column 8')
  expect(unsaidPlace(PROBLEM)).toBeUndefined()
})
