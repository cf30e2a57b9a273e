// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { Field } from './field'
import { MinutesInput, SecretInput } from './input'
import { TooltipProvider } from './tooltip'

afterEach(cleanup)

function Minutes({ initial, onChange }: { initial: number; onChange: (minutes: number) => void }) {
  const [minutes, setMinutes] = useState(initial)
  const change = (next: number) => {
    setMinutes(next)
    onChange(next)
  }
  return <Field label="Threshold">{(control) => <MinutesInput {...control} minutes={minutes} onChange={change} />}</Field>
}

const amount = () => screen.getByLabelText<HTMLInputElement>('Threshold')
const unit = () => screen.getByLabelText<HTMLSelectElement>('Unit')

it('shows minutes in their largest unit', () => {
  render(<Minutes initial={360} onChange={() => undefined} />)
  expect([amount().value, unit().value]).toEqual(['6', 'hours'])
})

it('keeps what is typed as it is typed', () => {
  const onChange = vi.fn<(minutes: number) => void>()
  render(<Minutes initial={360} onChange={onChange} />)
  fireEvent.change(amount(), { target: { value: '24' } })
  expect(onChange).toHaveBeenLastCalledWith(1440)
  expect([amount().value, unit().value]).toEqual(['24', 'hours'])
  fireEvent.change(unit(), { target: { value: 'minutes' } })
  expect(onChange).toHaveBeenLastCalledWith(24)
})

it('says that nothing is no number', () => {
  const onChange = vi.fn<(minutes: number) => void>()
  render(<Minutes initial={360} onChange={onChange} />)
  fireEvent.change(amount(), { target: { value: '' } })
  expect(onChange).toHaveBeenLastCalledWith(Number.NaN)
})

it('hides a secret until asked, and cuts it to its core when it is left', () => {
  function Secret() {
    const [value, setValue] = useState('')
    return (
      <TooltipProvider>
        <Field label="Token">{(control) => <SecretInput {...control} value={value} onChange={setValue} />}</Field>
      </TooltipProvider>
    )
  }
  render(<Secret />)
  const input = screen.getByLabelText<HTMLInputElement>('Token')
  expect(input.type).toBe('password')
  fireEvent.change(input, { target: { value: '  abc\n' } })
  fireEvent.blur(input)
  expect(input.value).toBe('abc')
  fireEvent.click(screen.getByRole('button', { name: 'Show secret' }))
  expect(input.type).toBe('text')
})
