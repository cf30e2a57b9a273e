// The services that logs can be read from. The API has no list of connectors yet; when it has, this comes from there.

export interface Connector {
  id: string
  name: string
  kind: string
  about: string
  needs: readonly string[]
  gives: string
  /** How long the vendor has an event; undefined if for ever. */
  keptDays: number | undefined
  calls: string
  docs: string
}

export const CONNECTORS: readonly Connector[] = [
  {
    id: 'asana',
    name: 'Asana',
    kind: 'Pull · audit log',
    about: 'Who signed in, invited, shared, exported, and changed settings in your Asana organization.',
    needs: ['Asana Enterprise+, legacy Enterprise, or Enterprise with the Compliance add-on', 'An Asana administrator'],
    gives: 'Asana.Audit, with up to 90 days of history',
    keptDays: 90,
    calls: 'app.asana.com:443 only',
    docs: 'https://developers.asana.com/docs/audit-log-events',
  },
]

export function connectorOf(id: string): Connector | undefined {
  return CONNECTORS.find((connector) => connector.id === id)
}

/** `Asana keeps 90 days`; undefined where nobody knows, or nothing is lost. */
export function retentionText(id: string): string | undefined {
  const connector = connectorOf(id)
  return connector?.keptDays === undefined ? undefined : `${connector.name} keeps ${connector.keptDays} days`
}

/** Returns the connectors whose name or kind has the text in it. */
export function findConnectors(text: string): Connector[] {
  const wanted = text.trim().toLowerCase()
  return CONNECTORS.filter(({ name, kind }) => `${name} ${kind}`.toLowerCase().includes(wanted))
}
