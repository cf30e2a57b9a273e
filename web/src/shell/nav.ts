// What the left bar and the command menu lead to. A new page is one line here and one route.
import { Bell, Braces, Database, Search, Send, Settings, type LucideIcon } from 'lucide-react'

export interface NavItem {
  label: string
  to: '/search' | '/alerts' | '/integrations/log-sources' | '/integrations/destinations' | '/data/schemas' | '/settings'
  icon: LucideIcon
  /** After `g`. */
  key: string
  hasOpenCount?: boolean
}

export interface NavGroup {
  label?: string
  items: readonly NavItem[]
}

export const NAV: readonly NavGroup[] = [
  {
    items: [
      { label: 'Search', to: '/search', icon: Search, key: 's' },
      { label: 'Alerts & Errors', to: '/alerts', icon: Bell, key: 'a', hasOpenCount: true },
    ],
  },
  {
    label: 'Integrations',
    items: [
      { label: 'Log Sources', to: '/integrations/log-sources', icon: Database, key: 'l' },
      { label: 'Alert Destinations', to: '/integrations/destinations', icon: Send, key: 'd' },
    ],
  },
  { label: 'Data', items: [{ label: 'Schemas', to: '/data/schemas', icon: Braces, key: 'm' }] },
  { label: 'Admin', items: [{ label: 'Settings', to: '/settings', icon: Settings, key: ',' }] },
]

export const NAV_ITEMS = NAV.flatMap((group) => group.items)
