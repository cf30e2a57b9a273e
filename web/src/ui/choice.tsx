import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Switch as BaseSwitch } from '@base-ui/react/switch'
import { Check } from 'lucide-react'
import { type ReactNode, useId } from 'react'

interface ChoiceProps {
  label: ReactNode
  isChosen: boolean
  onChange: (isChosen: boolean) => void
}

export function Checkbox({ label, isChosen, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <div className="choice">
      <BaseCheckbox.Root className="choice-box" checked={isChosen} onCheckedChange={onChange} aria-labelledby={id}>
        <BaseCheckbox.Indicator>
          <Check size={14} strokeWidth={3} aria-hidden="true" />
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      {/* A press on the label counts; the keyboard uses the box. */}
      <span id={id} className="choice-label" onClick={() => onChange(!isChosen)}>
        {label}
      </span>
    </div>
  )
}

export function Switch({ label, isChosen, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <div className="choice">
      <BaseSwitch.Root className="switch" checked={isChosen} onCheckedChange={onChange} aria-labelledby={id}>
        <BaseSwitch.Thumb className="switch-thumb" />
      </BaseSwitch.Root>
      <span id={id} className="choice-label" onClick={() => onChange(!isChosen)}>
        {label}
      </span>
    </div>
  )
}

interface ManyProps<T extends string> {
  legend: string
  options: ReadonlyArray<{ value: T; label: string }>
  chosen: readonly T[]
  onChange: (chosen: T[]) => void
}

/** Any number of a few. */
export function Checkboxes<T extends string>({ legend, options, chosen, onChange }: ManyProps<T>) {
  const toggle = (value: T, isChosen: boolean) => {
    onChange(options.map((option) => option.value).filter((one) => (one === value ? isChosen : chosen.includes(one))))
  }
  return (
    <fieldset>
      <legend className="legend">{legend}</legend>
      <div className="choices">
        {options.map(({ value, label }) => (
          <Checkbox key={value} label={label} isChosen={chosen.includes(value)} onChange={(isChosen) => toggle(value, isChosen)} />
        ))}
      </div>
    </fieldset>
  )
}

interface OneProps<T extends string> {
  legend: string
  /** The heading above says the same already. */
  isLegendHidden?: boolean
  name: string
  options: ReadonlyArray<{ value: T; label: string; about?: string }>
  chosen: T
  onChange: (chosen: T) => void
  /** Why the person may not choose. */
  denied?: string | undefined
}

/** One of a few that need a word each. The browser's own radio buttons: arrows choose, Tab goes by. */
export function Radios<T extends string>({ legend, isLegendHidden, name, options, chosen, onChange, denied }: OneProps<T>) {
  const id = useId()
  return (
    <fieldset className="radios" aria-describedby={denied && `${id}-denied`}>
      <legend className={isLegendHidden ? 'visually-hidden' : 'legend'}>{legend}</legend>
      {options.map(({ value, label, about }) => (
        <div key={value} className="radio" data-denied={denied ? true : undefined}>
          <input
            type="radio"
            id={`${id}-${value}`}
            name={name}
            value={value}
            checked={value === chosen}
            aria-disabled={denied ? true : undefined}
            aria-describedby={about && `${id}-${value}-about`}
            onChange={() => !denied && onChange(value)}
          />
          <div>
            <label htmlFor={`${id}-${value}`}>{label}</label>
            {about && (
              <p id={`${id}-${value}-about`} className="field-hint">
                {about}
              </p>
            )}
          </div>
        </div>
      ))}
      {denied && (
        <p id={`${id}-denied`} className="field-hint">
          {denied}
        </p>
      )}
    </fieldset>
  )
}
