// Which page belongs to which path. Pages are loaded when they are gone to.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, notFound, redirect } from '@tanstack/react-router'
import { logSourcesQuery } from './api/log-source'
import { asProblem } from './api/problem'
import { queryClient } from './api/query-client'
import { meQuery, setupQuery } from './api/session'
import { firstSection } from './pages/settings/sections'
import { parseSearch, pick, stringifySearch } from './search-params'
import { SEARCH_PARAMS } from './search/params'
import { Crashed, CrashedAlone, NotFound, NotFoundAlone, Waiting } from './shell/fallbacks'
import { Frame } from './shell/frame'

/** Until there are events to search. */
const BEFORE_EVENTS = '/integrations/log-sources'

const root = createRootRoute()

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search) => pick(search, 'next'),
  component: lazyRouteComponent(() => import('./pages/gate'), 'LoginPage'),
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    const { needed } = await queryClient.fetchQuery(setupQuery)
    if (!needed) throw notFound()
  },
  notFoundComponent: NotFoundAlone,
  errorComponent: CrashedAlone,
  component: lazyRouteComponent(() => import('./pages/gate'), 'SetupPage'),
})

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(meQuery)
    } catch (error) {
      if (asProblem(error).status !== 401) throw error
      const isNew = await queryClient.fetchQuery(setupQuery).then(({ needed }) => needed, () => false)
      throw isNew ? redirect({ to: '/setup' }) : redirect({ to: '/login', search: { next: location.href } })
    }
  },
  component: Frame,
  errorComponent: CrashedAlone,
})

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: async () => {
    throw redirect({ to: (await hasEventsToSearch()) ? '/search' : BEFORE_EVENTS })
  },
})

async function hasEventsToSearch(): Promise<boolean> {
  try {
    const { permissions } = await queryClient.ensureQueryData(meQuery)
    if (!permissions.includes('DataAnalyticsRead')) return false
    return (await queryClient.fetchQuery(logSourcesQuery)).some((source) => source.lastEventAt != null)
  } catch {
    // The page that it leads to says what is wrong.
    return false
  }
}

const search = createRoute({
  getParentRoute: () => frame,
  path: '/search',
  validateSearch: (values) => pick(values, ...SEARCH_PARAMS),
  component: lazyRouteComponent(() => import('./pages/search/search'), 'SearchPage'),
})

const logSources = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/log-sources',
  validateSearch: (search) => pick(search, 'q', 'status', 'type', 'sort'),
  component: lazyRouteComponent(() => import('./pages/log-sources'), 'LogSourcesPage'),
})

const catalog = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/log-sources/new',
  validateSearch: (search) => pick(search, 'q', 'type'),
  component: lazyRouteComponent(() => import('./pages/wizard/catalog'), 'CatalogPage'),
})

const wizard = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/log-sources/new/$connector',
  validateSearch: (search) => pick(search, 'step'),
  component: lazyRouteComponent(() => import('./pages/wizard/wizard'), 'WizardPage'),
})

const welcome = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/log-sources/$id/welcome',
  component: lazyRouteComponent(() => import('./pages/wizard/welcome'), 'WelcomePage'),
})

const logSource = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/log-sources/$id',
  component: lazyRouteComponent(() => import('./pages/log-source/log-source'), 'LogSourcePage'),
})

const logSourceIndex = createRoute({
  getParentRoute: () => logSource,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/integrations/log-sources/$id/overview', params })
  },
})

const overview = createRoute({
  getParentRoute: () => logSource,
  path: 'overview',
  validateSearch: (search) => pick(search, 'from', 'to'),
  component: lazyRouteComponent(() => import('./pages/log-source/overview'), 'OverviewTab'),
})

const health = createRoute({
  getParentRoute: () => logSource,
  path: 'health',
  component: lazyRouteComponent(() => import('./pages/log-source/health'), 'HealthTab'),
})

const sourceSchemas = createRoute({
  getParentRoute: () => logSource,
  path: 'schemas',
  component: lazyRouteComponent(() => import('./pages/log-source/schemas-tab'), 'SchemasTab'),
})

const configuration = createRoute({
  getParentRoute: () => logSource,
  path: 'configuration',
  component: lazyRouteComponent(() => import('./pages/log-source/configuration'), 'ConfigurationTab'),
})

const activity = createRoute({
  getParentRoute: () => logSource,
  path: 'activity',
  validateSearch: (search) => pick(search, 'show'),
  component: lazyRouteComponent(() => import('./pages/log-source/activity/activity'), 'ActivityTab'),
})

const alerts = createRoute({
  getParentRoute: () => frame,
  path: '/alerts',
  validateSearch: (search) => pick(search, 'status', 'source', 'since'),
  component: lazyRouteComponent(() => import('./pages/alerts/alerts'), 'AlertsPage'),
})

const alert = createRoute({
  getParentRoute: () => frame,
  path: '/alerts/$id',
  component: lazyRouteComponent(() => import('./pages/alerts/alert'), 'AlertPage'),
})

const destinations = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/destinations',
  component: lazyRouteComponent(() => import('./pages/destinations/destinations'), 'DestinationsPage'),
})

const newDestination = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/destinations/new',
  component: lazyRouteComponent(() => import('./pages/destinations/new-destination'), 'DestinationKindsPage'),
})

const newDestinationOfKind = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/destinations/new/$kind',
  component: lazyRouteComponent(() => import('./pages/destinations/new-destination'), 'NewDestinationPage'),
})

const destination = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/destinations/$id',
  component: lazyRouteComponent(() => import('./pages/destinations/destination'), 'DestinationPage'),
})

const schemas = createRoute({
  getParentRoute: () => frame,
  path: '/data/schemas',
  validateSearch: (search) => pick(search, 'q', 'kind', 'state'),
  component: lazyRouteComponent(() => import('./pages/schemas/schemas'), 'SchemasPage'),
})

const newSchema = createRoute({
  getParentRoute: () => frame,
  path: '/data/schemas/new',
  validateSearch: (search) => pick(search, 'from'),
  component: lazyRouteComponent(() => import('./pages/schemas/edit'), 'NewSchemaPage'),
})

const editSchema = createRoute({
  getParentRoute: () => frame,
  path: '/data/schemas/$name/edit',
  component: lazyRouteComponent(() => import('./pages/schemas/edit'), 'EditSchemaPage'),
})

const schema = createRoute({
  getParentRoute: () => frame,
  path: '/data/schemas/$name',
  component: lazyRouteComponent(() => import('./pages/schemas/schema'), 'SchemaPage'),
})

const schemaFields = createRoute({
  getParentRoute: () => schema,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/schemas/tabs'), 'FieldsTab'),
})

const schemaYaml = createRoute({
  getParentRoute: () => schema,
  path: 'yaml',
  validateSearch: (search) => pick(search, 'version'),
  component: lazyRouteComponent(() => import('./pages/schemas/tabs'), 'YamlTab'),
})

const schemaUsedBy = createRoute({
  getParentRoute: () => schema,
  path: 'used-by',
  component: lazyRouteComponent(() => import('./pages/schemas/tabs'), 'UsedByTab'),
})

const schemaTest = createRoute({
  getParentRoute: () => schema,
  path: 'test',
  component: lazyRouteComponent(() => import('./pages/schemas/test-tab'), 'TestTab'),
})

const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings'), 'SettingsPage'),
})

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: async () => {
    const { permissions } = await queryClient.ensureQueryData(meQuery)
    throw redirect({ to: firstSection(permissions), replace: true })
  },
})

const users = createRoute({
  getParentRoute: () => settings,
  path: 'users',
  validateSearch: (search) => pick(search, 'q'),
  component: lazyRouteComponent(() => import('./pages/settings/users'), 'UsersTab'),
})

const roles = createRoute({
  getParentRoute: () => settings,
  path: 'roles',
  component: lazyRouteComponent(() => import('./pages/settings/roles'), 'RolesTab'),
})

const apiTokens = createRoute({
  getParentRoute: () => settings,
  path: 'api-tokens',
  validateSearch: (search) => pick(search, 'q'),
  component: lazyRouteComponent(() => import('./pages/settings/api-tokens'), 'ApiTokensTab'),
})

const auditLog = createRoute({
  getParentRoute: () => settings,
  path: 'audit-log',
  validateSearch: (search) => pick(search, 'actor', 'action', 'object', 'outcome', 'from', 'to', 'entry'),
  component: lazyRouteComponent(() => import('./pages/settings/audit/audit-log'), 'AuditLogTab'),
})

const system = createRoute({
  getParentRoute: () => settings,
  path: 'system',
  component: lazyRouteComponent(() => import('./pages/settings/system'), 'SystemTab'),
})

const profile = createRoute({
  getParentRoute: () => settings,
  path: 'profile',
  component: lazyRouteComponent(() => import('./pages/settings/profile/profile'), 'ProfileTab'),
})

const newUser = createRoute({
  getParentRoute: () => frame,
  path: '/settings/users/new',
  component: lazyRouteComponent(() => import('./pages/settings/new-user'), 'NewUserPage'),
})

const user = createRoute({
  getParentRoute: () => frame,
  path: '/settings/users/$id',
  component: lazyRouteComponent(() => import('./pages/settings/user'), 'UserPage'),
})

const newApiToken = createRoute({
  getParentRoute: () => frame,
  path: '/settings/api-tokens/new',
  component: lazyRouteComponent(() => import('./pages/settings/new-api-token'), 'NewApiTokenPage'),
})

const apiToken = createRoute({
  getParentRoute: () => frame,
  path: '/settings/api-tokens/$id',
  component: lazyRouteComponent(() => import('./pages/settings/api-token'), 'ApiTokenPage'),
})

/** Within the frame, so that the way back is there. */
const nothing = createRoute({
  getParentRoute: () => frame,
  path: '$',
  component: NotFound,
})

const tree = root.addChildren([
  login,
  setup,
  frame.addChildren([
    home,
    search,
    logSources,
    catalog,
    wizard,
    welcome,
    logSource.addChildren([logSourceIndex, overview, health, sourceSchemas, configuration, activity]),
    alerts,
    alert,
    destinations,
    newDestination,
    newDestinationOfKind,
    destination,
    schemas,
    newSchema,
    editSchema,
    schema.addChildren([schemaFields, schemaYaml, schemaUsedBy, schemaTest]),
    settings.addChildren([settingsIndex, users, roles, apiTokens, auditLog, system, profile]),
    newUser,
    user,
    newApiToken,
    apiToken,
    nothing,
  ]),
])

export const router = createRouter({
  routeTree: tree,
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Crashed,
  defaultNotFoundComponent: NotFound,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
