// The pages of the settings, in the order of their tabs.

export interface Section {
  label: string
  to: '/settings/users' | '/settings/roles' | '/settings/api-tokens' | '/settings/audit-log' | '/settings/system' | '/settings/profile'
  /** Without it the page has nothing to show; everybody has the others. */
  permission?: string
  /** Of administrators: its tab is there only for them. */
  isOfAdmins?: boolean
}

export const SECTIONS: readonly Section[] = [
  { label: 'Users', to: '/settings/users', permission: 'UserRead', isOfAdmins: true },
  { label: 'Roles', to: '/settings/roles' },
  { label: 'API tokens', to: '/settings/api-tokens', permission: 'OrganizationAPITokenRead', isOfAdmins: true },
  { label: 'Audit log', to: '/settings/audit-log', permission: 'AuditLogRead' },
  { label: 'System', to: '/settings/system', permission: 'SummaryRead' },
  { label: 'Profile', to: '/settings/profile' },
]

/** Returns the pages that somebody with these permissions finds: those of administrators are not there for others. */
export function sectionsFor(permissions: readonly string[]): Section[] {
  return SECTIONS.filter(({ isOfAdmins, permission }) => !isOfAdmins || permission === undefined || permissions.includes(permission))
}

/** Where the settings begin for somebody with these permissions. */
export function firstSection(permissions: readonly string[]): Section['to'] {
  return permissions.includes('UserRead') ? '/settings/users' : '/settings/profile'
}
