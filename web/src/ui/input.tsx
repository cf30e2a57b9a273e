import { ChevronDown, Eye, EyeOff, Search } from 'lucide-react'
import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { MINUTES_IN, type MinuteUnit, splitMinutes } from '../time/relative'
import { Button } from './button'
import type { Control } from './field'

interface TextProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  value: string
  onChange: (value: string) => void
  isMono?: boolean
}

export function TextInput({ value, onChange, isMono, ...rest }: TextProps) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={isMono ? 'input mono' : 'input'}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

interface TextAreaProps extends Omit<ComponentProps<'textarea'>, 'onChange' | 'value'> {
  value: string
  onChange: (value: string) => void
  isMono?: boolean
}

export function TextArea({ value, onChange, isMono, ...rest }: TextAreaProps) {
  return <textarea {...rest} className={isMono ? 'input mono' : 'input'} value={value} onChange={(event) => onChange(event.target.value)} />
}

interface SelectProps<T extends string> extends Omit<ComponentProps<'select'>, 'onChange' | 'value'> {
  value: T
  options: ReadonlyArray<{ value: T; label: string }>
  onChange: (value: T) => void
}

export function Select<T extends string>({ value, options, onChange, ...rest }: SelectProps<T>) {
  return (
    <span className="select">
      <select {...rest} className="input" value={value} onChange={(event) => onChange(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={16} aria-hidden="true" />
    </span>
  )
}

/** Keeps password managers from offering to fill or save somebody else's secret. */
const NO_PASSWORD_MANAGER = { 'data-1p-ignore': true, 'data-lpignore': 'true', 'data-bwignore': true, 'data-form-type': 'other' }

/** A secret of another service: hidden, pasteable, cut to its core when it is left. */
export function SecretInput({ value, onChange, clean = (text) => text.trim(), ...rest }: TextProps & { clean?: (text: string) => string }) {
  const [isShown, setIsShown] = useState(false)
  return (
    <div className="input-row">
      <TextInput
        {...rest}
        {...NO_PASSWORD_MANAGER}
        isMono
        type={isShown ? 'text' : 'password'}
        autoCapitalize="off"
        autoCorrect="off"
        value={value}
        onChange={onChange}
        onBlur={() => onChange(clean(value))}
      />
      <RevealButton isShown={isShown} onToggle={() => setIsShown(!isShown)} what="secret" />
    </div>
  )
}

/** A password for this console: password managers are welcome. */
export function PasswordInput({ value, onChange, ...rest }: TextProps) {
  const [isShown, setIsShown] = useState(false)
  return (
    <div className="input-row">
      <TextInput {...rest} type={isShown ? 'text' : 'password'} value={value} onChange={onChange} />
      <RevealButton isShown={isShown} onToggle={() => setIsShown(!isShown)} what="password" />
    </div>
  )
}

function RevealButton({ isShown, onToggle, what }: { isShown: boolean; onToggle: () => void; what: string }) {
  return (
    <Button aria-pressed={isShown} aria-label={`Show ${what}`} onClick={onToggle}>
      {isShown ? <EyeOff size={16} aria-hidden="true" /> : <Eye size={16} aria-hidden="true" />}
      Show
    </Button>
  )
}

interface SearchInputProps extends TextProps {
  label: string
}

/** The filter of a list. `/` leads here. */
export function SearchInput({ label, ...rest }: SearchInputProps) {
  return (
    <div className="search-input">
      <Search size={16} aria-hidden="true" />
      <TextInput {...rest} type="search" aria-label={label} placeholder={label} data-shortcut-search />
    </div>
  )
}

const UNITS = (Object.keys(MINUTES_IN) as MinuteUnit[]).map((unit) => ({ value: unit, label: unit }))

interface MinutesInputProps extends Control {
  /** NaN while what is typed is no number. */
  minutes: number
  onChange: (minutes: number) => void
}

/** A span of time: an amount and its unit. */
export function MinutesInput({ minutes, onChange, ...control }: MinutesInputProps) {
  const [unit, setUnit] = useState<MinuteUnit>(() => splitMinutes(minutes).unit)
  const [text, setText] = useState(() => String(splitMinutes(minutes).amount))
  const sent = useRef(minutes)

  // A value from outside, such as a suggestion, is shown in its own unit; what was typed here stays as it was typed.
  useEffect(() => {
    if (Object.is(minutes, sent.current)) return
    sent.current = minutes
    const split = splitMinutes(minutes)
    setUnit(split.unit)
    setText(String(split.amount))
  }, [minutes])

  const change = (nextText: string, nextUnit: MinuteUnit) => {
    setText(nextText)
    setUnit(nextUnit)
    const amount = nextText.trim() === '' ? Number.NaN : Number(nextText)
    sent.current = Math.round(amount * MINUTES_IN[nextUnit])
    onChange(sent.current)
  }

  return (
    <div className="amount">
      <TextInput {...control} inputMode="decimal" value={text} onChange={(next) => change(next, unit)} />
      <Select aria-label="Unit" value={unit} options={UNITS} onChange={(next) => change(text, next)} />
    </div>
  )
}
