// What each kind of destination needs. The table of docs/reference/api.md, as a form.
import type { DestinationKind } from '../../api/destination'

export interface SettingField {
  name: string
  label: string
  hint?: string
  placeholder?: string
  isOptional?: boolean
  /** Any text unless it says otherwise; `list` is separated by commas or lines. */
  type?: 'number' | 'list' | 'choice'
  options?: ReadonlyArray<{ value: string; label: string }>
}

export interface SecretField {
  label: string
  hint: string
  isOptional?: boolean
}

export interface Kind {
  value: DestinationKind
  name: string
  about: string
  settings: readonly SettingField[]
  secret?: SecretField
}

export const KINDS: readonly Kind[] = [
  {
    value: 'slack_webhook',
    name: 'Slack webhook',
    about: 'One channel, by an incoming webhook',
    settings: [],
    secret: { label: 'Webhook URL', hint: 'Of an incoming webhook: https://hooks.slack.com/services/…' },
  },
  {
    value: 'slack_bot',
    name: 'Slack bot',
    about: 'Any channel that the bot is in',
    settings: [
      { name: 'channel', label: 'Channel', placeholder: '#security', hint: 'Its name or its id. Invite the bot to it.' },
      { name: 'api_url', label: 'API address', isOptional: true, placeholder: 'https://slack.com/api/', hint: 'Only if it is not Slack’s own.' },
    ],
    secret: { label: 'Bot token', hint: 'It begins with xoxb- and needs the scope chat:write.' },
  },
  {
    value: 'pagerduty',
    name: 'PagerDuty',
    about: 'A service, by Events API v2',
    settings: [
      {
        name: 'events_url',
        label: 'Events address',
        isOptional: true,
        placeholder: 'https://events.pagerduty.com/v2/enqueue',
        hint: 'Only if it is that of another region.',
      },
    ],
    secret: { label: 'Integration key', hint: 'Of an Events API v2 integration of the service.' },
  },
  {
    value: 'teams',
    name: 'Microsoft Teams',
    about: 'A channel or chat, by a workflow',
    settings: [],
    secret: { label: 'Workflow URL', hint: 'Of a workflow that begins when a webhook request is received.' },
  },
  {
    value: 'email',
    name: 'Email',
    about: 'Mailboxes, by your SMTP server',
    settings: [
      { name: 'host', label: 'SMTP server', placeholder: 'smtp.example.com' },
      {
        name: 'security',
        label: 'Protection',
        type: 'choice',
        options: [
          { value: 'tls', label: 'TLS' },
          { value: 'starttls', label: 'STARTTLS' },
          { value: 'none', label: 'None' },
        ],
      },
      { name: 'port', label: 'Port', type: 'number', isOptional: true, placeholder: '465', hint: 'The usual one of its protection unless given.' },
      { name: 'from', label: 'From', placeholder: 'alerts@example.com' },
      { name: 'to', label: 'To', type: 'list', placeholder: 'security@example.com', hint: 'Several with commas between.' },
      { name: 'username', label: 'User name', isOptional: true },
    ],
    secret: { label: 'Password', hint: 'Needed if there is a user name.', isOptional: true },
  },
  {
    value: 'webhook',
    name: 'Webhook',
    about: 'JSON to an address of yours, signed',
    settings: [{ name: 'url', label: 'URL', placeholder: 'https://example.com/hook' }],
    secret: { label: 'Signing key', hint: 'Signs each request, so that you know it is from here.', isOptional: true },
  },
  {
    value: 'stdout',
    name: 'Standard output',
    about: 'A line of JSON on the server’s own output',
    settings: [],
  },
]

export function kindOf(value: string): Kind | undefined {
  return KINDS.find((kind) => kind.value === value)
}
