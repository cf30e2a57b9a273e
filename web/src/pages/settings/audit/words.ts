// Names of the audit log in words.

/** The API's word is another than the one that people read everywhere else. */
const SAID: Record<string, string> = { log_in: 'Sign in', log_out: 'Sign out' }

/** `pause_log_source` to `Pause log source`: operations are named by what they do. */
export function actionLabel(action: string): string {
  const said = SAID[action]
  if (said !== undefined) return said
  const words = action.replaceAll('_', ' ').replace(/\b(api|sql|url|id)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const KINDS: Record<string, string> = {
  log_source: 'Log source',
  log_source_alarm: 'Alarm of a log source',
  system_alarm: 'Alarm of the server',
  alert: 'Alert',
  delivery: 'Delivery',
  destination: 'Destination',
  schema: 'Schema',
  user: 'User',
  session: 'Session',
  api_token: 'API token',
  query: 'Query',
  saved_search: 'Saved search',
}

export const OBJECT_KINDS: ReadonlyArray<{ value: string; label: string }> = Object.entries(KINDS).map(([value, label]) => ({ value, label }))

export function kindLabel(kind: string): string {
  return KINDS[kind] ?? actionLabel(kind)
}

const ACTORS: Record<string, string> = {
  user: 'User',
  api_token: 'API token',
  command_line: 'Command line',
  nobody: 'Nobody known',
}

export function actorKindLabel(kind: string): string {
  return ACTORS[kind] ?? actionLabel(kind)
}
