// What a person chose about the console itself. It stays in this browser.
import { store } from './store'

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'comfortable' | 'compact'

export interface Preferences {
  theme: Theme
  density: Density
  /** `UTC`, `local` or an IANA name. */
  zone: string
  /** Single-letter shortcuts can be switched off (WCAG 2.1.4). */
  hasShortcuts: boolean
}

const PREFIX = 'margay.'

function read(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return null
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}

function oneOf<T extends string>(value: string | null, values: readonly T[], otherwise: T): T {
  return values.find((one) => one === value) ?? otherwise
}

export const preferences = store<Preferences>({
  theme: oneOf(read('theme'), ['system', 'light', 'dark'], 'system'),
  density: oneOf(read('density'), ['comfortable', 'compact'], 'comfortable'),
  zone: read('zone') ?? 'UTC',
  hasShortcuts: read('shortcuts') !== 'off',
})

const darkSystem = matchMedia('(prefers-color-scheme: dark)')

/** Changes some of the preferences and keeps them. */
export function prefer(change: Partial<Preferences>): void {
  const next = { ...preferences.get(), ...change }
  preferences.set(next)
  write('theme', next.theme)
  write('density', next.density)
  write('zone', next.zone)
  write('shortcuts', next.hasShortcuts ? 'on' : 'off')
  paint()
}

/** Puts theme and density on the document, as `theme.js` did before the first paint. */
function paint(): void {
  const { theme, density } = preferences.get()
  const isDark = theme === 'dark' || (theme === 'system' && darkSystem.matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
  document.documentElement.dataset.density = density
}

darkSystem.addEventListener('change', paint)
