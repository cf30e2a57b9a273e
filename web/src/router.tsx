// Which page belongs to which path. Pages are loaded when they are gone to.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, notFound, redirect } from '@tanstack/react-router'
import { logSourcesQuery } from './api/log-source'
import { asProblem } from './api/problem'
import { queryClient } from './api/query-client'
import { meQuery, setupQuery } from './api/session'
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

const configuration = createRoute({
  getParentRoute: () => logSource,
  path: 'configuration',
  component: lazyRouteComponent(() => import('./pages/log-source/configuration'), 'ConfigurationTab'),
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
    logSource.addChildren([logSourceIndex, overview, health, configuration]),
    alerts,
    alert,
    destinations,
    newDestination,
    newDestinationOfKind,
    destination,
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
