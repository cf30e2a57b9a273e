// A destination while it is being edited.
import type { AlertType, Destination, DestinationForm } from '../../api/destination'
import { SEVERITIES, type Severity } from '../../ui/severity'
import type { Kind, SettingField } from './kinds'

export interface DestinationDraft {
  name: string
  isEnabled: boolean
  settings: Record<string, string>
  /** Empty keeps the secret that is stored. */
  secret: string
  severities: Severity[]
  alertTypes: AlertType[]
}

export const ALERT_TYPES: ReadonlyArray<{ value: AlertType; label: string }> = [
  { value: 'SYSTEM_ERROR', label: 'System errors' },
  { value: 'RULE', label: 'Rule matches' },
]
const ALL_SEVERITIES = SEVERITIES.map(({ value }) => value)
const ALL_TYPES = ALERT_TYPES.map(({ value }) => value)
const NAME_CHARACTERS_MAX = 64

export function newDraft(kind: Kind): DestinationDraft {
  const settings = Object.fromEntries(kind.settings.map((field) => [field.name, field.options?.[0]?.value ?? '']))
  return { name: '', isEnabled: true, settings, secret: '', severities: ALL_SEVERITIES, alertTypes: ALL_TYPES }
}

export function draftOf(destination: Destination, kind: Kind): DestinationDraft {
  const stored = destination.settings as Record<string, unknown>
  const settings = Object.fromEntries(kind.settings.map((field) => [field.name, asText(stored[field.name])]))
  return {
    name: destination.name,
    isEnabled: destination.enabled,
    settings,
    secret: '',
    severities: orAll(destination.severities, ALL_SEVERITIES),
    alertTypes: orAll(destination.alertTypes, ALL_TYPES),
  }
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** To the API an empty list is all of them. */
function orAll<T extends string>(chosen: readonly string[], all: readonly T[]): T[] {
  return chosen.length === 0 ? [...all] : all.filter((one) => chosen.includes(one))
}

function unlessAll<T>(chosen: readonly T[], all: readonly T[]): T[] {
  return chosen.length === all.length ? [] : [...chosen]
}

export function formOf(draft: DestinationDraft, kind: Kind): DestinationForm {
  const given = kind.settings.filter((field) => draft.settings[field.name]?.trim())
  return {
    name: draft.name.trim(),
    kind: kind.value,
    enabled: draft.isEnabled,
    settings: Object.fromEntries(given.map((field) => [field.name, settingOf(field, draft.settings[field.name] ?? '')])),
    ...(draft.secret && { secret: draft.secret }),
    severities: unlessAll(draft.severities, ALL_SEVERITIES),
    alertTypes: unlessAll(draft.alertTypes, ALL_TYPES),
  }
}

function settingOf(field: SettingField, text: string): unknown {
  const trimmed = text.trim()
  if (field.type === 'number') return Number(trimmed)
  return field.type === 'list' ? trimmed.split(/[,\s]+/).filter(Boolean) : trimmed
}

export type DestinationErrors = Record<string, string>

/** What is plainly wrong; the server looks at the rest. */
export function draftErrors(draft: DestinationDraft, kind: Kind, hasSecret: boolean): DestinationErrors {
  const errors: DestinationErrors = {}
  const length = [...draft.name.trim()].length
  if (length === 0) errors.name = 'Give it a name, such as Security channel.'
  if (length > NAME_CHARACTERS_MAX) errors.name = `Use at most ${NAME_CHARACTERS_MAX} characters; these are ${length}.`
  for (const field of kind.settings) {
    const text = draft.settings[field.name]?.trim() ?? ''
    if (text === '' && !field.isOptional) errors[field.name] = `Enter ${field.label}.`
    if (text !== '' && field.type === 'number' && !/^\d{1,5}$/.test(text)) errors[field.name] = 'Enter a number.'
  }
  if (kind.secret && !kind.secret.isOptional && !hasSecret && !draft.secret) errors.secret = `Paste ${kind.secret.label}.`
  if (draft.severities.length === 0) errors.severities = 'Choose at least one severity.'
  if (draft.alertTypes.length === 0) errors.alertTypes = 'Choose at least one type.'
  return errors
}
