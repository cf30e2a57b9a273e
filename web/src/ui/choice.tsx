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
