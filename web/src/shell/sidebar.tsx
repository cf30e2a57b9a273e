import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ChevronsUpDown, Command, Monitor, Moon, Sun } from 'lucide-react'
import { OPEN_COUNTED_MAX, openAlertsQuery } from '../api/alert'
import { queryClient } from '../api/query-client'
import { meQuery, signOut, useCan } from '../api/session'
import { type Density, type Theme, prefer, preferences } from '../preferences'
import { useStore } from '../store'
import { toggleZone, useZone } from '../time/use-zone'
import { LOCAL, UTC, zoneName } from '../time/zone'
import { Button, IconButton } from '../ui/button'
import { COMMAND_KEY, Key } from '../ui/key'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../ui/menu'
import { Tooltip } from '../ui/tooltip'
import { Brand } from './brand'
import { NAV } from './nav'

const THEMES = [
  { value: 'system', label: 'Like the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const
const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon }
const NEXT_THEME: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

interface SidebarProps {
  onCommands: () => void
  onShortcuts: () => void
  /** A link was followed: a sheet closes then. */
  onLeave?: () => void
}

export function Sidebar({ onCommands, onShortcuts, onLeave }: SidebarProps) {
  const openCount = useQuery({ ...openAlertsQuery, enabled: useCan('AlertRead') }).data ?? 0
  const zone = useZone()
  const { theme } = useStore(preferences)
  const ThemeIcon = THEME_ICONS[theme]
  return (
    <nav className="sidebar" aria-label="Main">
      <Brand />
      <button type="button" className="button nav-search" onClick={onCommands}>
        <Command size={14} aria-hidden="true" />
        Go to…
        <Key>{`${COMMAND_KEY} K`}</Key>
      </button>
      <div>
        {NAV.map((group) => (
          <div key={group.label ?? 'top'}>
            {group.label && <div className="nav-group">{group.label}</div>}
            <ul>
              {group.items.map(({ label, to, icon: Icon, hasOpenCount }) => (
                <li key={to}>
                  <Link to={to} className="nav-link" onClick={onLeave}>
                    <Icon size={16} aria-hidden="true" />
                    {label}
                    {hasOpenCount && openCount > 0 && (
                      <span className="nav-count">
                        {openCount >= OPEN_COUNTED_MAX ? `${OPEN_COUNTED_MAX}+` : openCount}
                        <span className="visually-hidden"> open</span>
                      </span>
                    )}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <div className="sidebar-foot">
        <Tooltip text={`Times are in ${zoneName(zone)}. Press u to change; others by ${COMMAND_KEY} K.`}>
          <Button kind="quiet" size="small" aria-label={`Time zone: ${zoneLabel(zone)}. Change it`} onClick={toggleZone}>
            <span className="short-name">{zoneLabel(zone)}</span>
          </Button>
        </Tooltip>
        <IconButton label={`Theme: ${THEMES.find((one) => one.value === theme)?.label}`} size="small" onClick={() => prefer({ theme: NEXT_THEME[theme] })}>
          <ThemeIcon size={16} aria-hidden="true" />
        </IconButton>
        <UserMenu onShortcuts={onShortcuts} />
      </div>
    </nav>
  )
}

function zoneLabel(zone: string): string {
  if (zone === UTC) return 'UTC'
  return zone === LOCAL ? 'Local' : (zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone)
}

function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { data: me } = useQuery(meQuery)
  const { theme, density, hasShortcuts } = useStore(preferences)
  const navigate = useNavigate()
  const leave = async () => {
    try {
      await signOut()
    } catch {
      // Still signed in; that the server is lost is said at the top of the page.
      return
    }
    queryClient.clear()
    await navigate({ to: '/login', ignoreBlocker: true })
  }
  return (
    <Menu
      side="top"
      trigger={
        <button type="button" className="button" data-kind="quiet" data-size="small" aria-label={`Your menu: ${me?.name ?? ''}`}>
          <span className="short-name">{me?.name}</span>
          <ChevronsUpDown size={14} aria-hidden="true" />
        </button>
      }
    >
      <div className="menu-label">
        {me?.name}
        {me?.role && ` · ${me.role}`}
      </div>
      <MenuSeparator />
      <MenuChoice<Theme> label="Theme" value={theme} options={THEMES} onChange={(next) => prefer({ theme: next })} />
      <MenuSeparator />
      <MenuChoice<Density>
        label="Rows"
        value={density}
        options={[
          { value: 'comfortable', label: 'Comfortable' },
          { value: 'compact', label: 'Compact' },
        ]}
        onChange={(next) => prefer({ density: next })}
      />
      <MenuSeparator />
      <MenuItem onSelect={() => void navigate({ to: '/settings/profile' })}>Profile</MenuItem>
      <MenuItem onSelect={onShortcuts}>Keyboard shortcuts</MenuItem>
      <MenuItem onSelect={() => prefer({ hasShortcuts: !hasShortcuts })}>
        {hasShortcuts ? 'Switch single-key shortcuts off' : 'Switch single-key shortcuts on'}
      </MenuItem>
      <MenuItem onSelect={() => void leave()}>Sign out</MenuItem>
      <MenuSeparator />
      <div className="menu-label">Version {me?.version}</div>
    </Menu>
  )
}
