// What permissions let do, in plain words, and which roles have them. Names and roles are the server's; `margay-store` decides.

export interface PermissionWords {
  name: string
  /** What it lets do: the end of "lets …". */
  does: string
  /** Lets change something. */
  isChange?: boolean
  /** Lets give permissions away: only administrators have it. */
  isOfAdmins?: boolean
}

export interface PermissionGroup {
  label: string
  permissions: readonly PermissionWords[]
}

export const PERMISSION_GROUPS: readonly PermissionGroup[] = [
  {
    label: 'Log sources and schemas',
    permissions: [
      { name: 'LogSourceRead', does: 'look at log sources, their health and alarms, and at schemas' },
      { name: 'LogSourceModify', does: 'add, change, pause and delete log sources; set alarms; change schemas', isChange: true },
    ],
  },
  {
    label: 'Search',
    permissions: [
      { name: 'DataAnalyticsRead', does: 'search the events of all log sources' },
      { name: 'DataAnalyticsModify', does: 'save, change and delete searches', isChange: true },
      { name: 'SummaryRead', does: 'look at how much flowed, and at how the server is' },
    ],
  },
  {
    label: 'Alerts',
    permissions: [
      { name: 'AlertRead', does: 'look at alerts and deliveries' },
      { name: 'AlertModify', does: 'change and comment alerts, and send deliveries again', isChange: true },
    ],
  },
  {
    label: 'Alert destinations',
    permissions: [
      { name: 'DestinationRead', does: 'look at destinations' },
      { name: 'DestinationModify', does: 'add, change, test and delete destinations', isChange: true },
    ],
  },
  {
    label: 'Audit log',
    permissions: [{ name: 'AuditLogRead', does: 'look at who did what' }],
  },
  {
    label: 'Users and API tokens',
    permissions: [
      { name: 'UserRead', does: 'look at users', isOfAdmins: true },
      { name: 'UserModify', does: 'add, change and delete users', isChange: true, isOfAdmins: true },
      { name: 'OrganizationAPITokenRead', does: 'look at API tokens', isOfAdmins: true },
      { name: 'OrganizationAPITokenModify', does: 'make, change, rotate and delete API tokens', isChange: true, isOfAdmins: true },
    ],
  },
]

/** What a newer server knows and this console does not. */
const OTHER = 'Other'

const ALL = PERMISSION_GROUPS.flatMap((group) => group.permissions)

/** Returns the groups with only the named permissions; one without words goes by its name. */
export function groupsOf(names: readonly string[]): PermissionGroup[] {
  const known = PERMISSION_GROUPS.map(({ label, permissions }) => ({ label, permissions: permissions.filter(({ name }) => names.includes(name)) }))
  const others = names.filter((name) => !ALL.some((one) => one.name === name))
  const other = { label: OTHER, permissions: others.map((name) => ({ name, does: name })) }
  return [...known, other].filter(({ permissions }) => permissions.length > 0)
}

/** Returns what a permission lets do. */
export function wordsOf(name: string): string {
  return ALL.find((one) => one.name === name)?.does ?? name
}

/** Whether it lets change something; what is not known may. */
export function isChange(name: string): boolean {
  const found = ALL.find((one) => one.name === name)
  return found === undefined || found.isChange === true
}

export interface RoleWords {
  name: string
  label: string
  about: string
}

/** The mightiest first. */
export const ROLES: readonly RoleWords[] = [
  { name: 'Admin', label: 'Admin', about: 'May do everything.' },
  { name: 'Analyst', label: 'Analyst', about: 'May do everything but manage users and API tokens.' },
  { name: 'AnalystReadOnly', label: 'Analyst, read only', about: 'May look at what an analyst looks at, and change nothing.' },
]

export function roleLabel(name: string): string {
  return ROLES.find((role) => role.name === name)?.label ?? name
}

/** Whether a role has a permission. */
export function has(role: string, { isOfAdmins, isChange: changes }: PermissionWords): boolean {
  if (role === 'Admin') return true
  return !isOfAdmins && !(role === 'AnalystReadOnly' && changes)
}

/** Returns the labels of the roles that have a permission, the mightiest first. */
export function rolesWith(name: string): string[] {
  const permission = ALL.find((one) => one.name === name)
  return permission ? ROLES.filter((role) => has(role.name, permission)).map(({ label }) => label) : []
}
