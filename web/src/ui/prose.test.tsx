// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { Prose } from './prose'

afterEach(cleanup)

const shown = (text: string) => render(<Prose text={text} />).container.innerHTML

it('sets what stands between backticks as code', () => {
  expect(shown('Run `margay doctor`, then `margay pull`.')).toBe('Run <code>margay doctor</code>, then <code>margay pull</code>.')
})

it('gives a hint a line of its own', () => {
  expect(shown('no such host `a.example`\nhint: see its name')).toBe('No such host <code>a.example</code>.<br>See its name.')
})

it('leaves a text without either as it is', () => {
  expect(shown('it`s fine')).toBe('it`s fine')
})
