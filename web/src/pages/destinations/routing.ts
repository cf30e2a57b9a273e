// Which alerts go to a destination. An empty list is all of them.
import type { AlertType, Destination } from '../../api/destination'
import type { Severity } from '../../ui/severity'

export function hears({ enabled, alertTypes, severities }: Destination, type: AlertType, severity: Severity): boolean {
  return enabled && isEmptyOrHas(alertTypes, type) && isEmptyOrHas(severities, severity)
}

function isEmptyOrHas(list: readonly string[], value: string): boolean {
  return list.length === 0 || list.includes(value)
}
