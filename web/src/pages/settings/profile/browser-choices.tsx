import { useState } from 'react'
import { type Density, type Theme, prefer, preferences } from '../../../preferences'
import { useStore } from '../../../store'
import { useNow } from '../../../time/clock'
import { LOCAL, UTC, formatInstant, isZone, offsetLabel, zoneName } from '../../../time/zone'
import { Radios, Switch } from '../../../ui/choice'
import { Field } from '../../../ui/field'
import { Select } from '../../../ui/input'

const THEMES: ReadonlyArray<{ value: Theme; label: string }> = [
  { value: 'system', label: 'Like the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]
const DENSITIES: ReadonlyArray<{ value: Density; label: string; about: string }> = [
  { value: 'comfortable', label: 'Comfortable', about: 'Rows of 44 pixels.' },
  { value: 'compact', label: 'Compact', about: 'Rows of 34 pixels: a quarter more of them at once.' },
]

/** How the console looks and works here. Each choice holds at once. */
export function BrowserChoices() {
  const { theme, density, hasShortcuts } = useStore(preferences)
  return (
    <div className="form">
      <p className="quiet">Each choice holds at once and is kept in this browser only.</p>
      <ZoneChoice />
      <Radios legend="Theme" name="theme" options={THEMES} chosen={theme} onChange={(next) => prefer({ theme: next })} />
      <Radios legend="Rows" name="density" options={DENSITIES} chosen={density} onChange={(next) => prefer({ density: next })} />
      <div>
        <Switch label="Single keys do something" isChosen={hasShortcuts} onChange={(next) => prefer({ hasShortcuts: next })} />
        <p className="field-hint">Such as ? for the list of them. Switch them off if you steer by voice, or if they get in the way.</p>
      </div>
    </div>
  )
}

function ZoneChoice() {
  const { zone } = useStore(preferences)
  const now = useNow()
  const [names] = useState(() => Intl.supportedValuesOf('timeZone').filter((name) => name !== UTC))
  const known = isZone(zone) ? zone : UTC
  const options = [
    { value: UTC, label: 'UTC' },
    { value: LOCAL, label: `This computer’s: ${zoneName(LOCAL)}` },
    ...names.map((name) => ({ value: name, label: name.replaceAll('_', ' ') })),
  ]
  return (
    <Field label="Time zone" hint={`Tables, charts and copies follow it. It is ${formatInstant(now, known, 'minute')} ${offsetLabel(now, known)} there.`}>
      {(control) => <Select {...control} value={known} options={options} onChange={(next) => prefer({ zone: next })} />}
    </Field>
  )
}
