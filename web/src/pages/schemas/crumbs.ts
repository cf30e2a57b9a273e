export const SCHEMAS_CRUMBS = [{ label: 'Data' }, { label: 'Schemas', to: '/data/schemas' }] as const
