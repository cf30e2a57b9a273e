import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { meQuery } from '../../api/session'
import { Page } from '../../ui/page'
import { Tabs } from '../../ui/tabs'
import { Needs } from './needs'
import { SECTIONS, sectionsFor } from './sections'
import './settings.css'

/** What the pages of the settings share: the tabs, and who may see what. */
export function SettingsPage() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const permissions = useQuery(meQuery).data?.permissions ?? []
  const section = SECTIONS.find(({ to }) => path.startsWith(to))
  return (
    <Page title={section?.label ?? 'Settings'} crumbs={[{ label: 'Settings' }]}>
      <Tabs label="Settings">
        {sectionsFor(permissions).map(({ label, to }) => (
          <Link key={to} to={to}>
            {label}
          </Link>
        ))}
      </Tabs>
      <Needs permission={section?.permission}>
        <Outlet />
      </Needs>
    </Page>
  )
}
