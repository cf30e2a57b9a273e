// Where a page below a tab of the settings is.
export const USERS_CRUMBS = [{ label: 'Settings' }, { label: 'Users', to: '/settings/users' }] as const
export const TOKENS_CRUMBS = [{ label: 'Settings' }, { label: 'API tokens', to: '/settings/api-tokens' }] as const
