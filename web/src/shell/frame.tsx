import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { toggleZone } from '../time/use-zone'
import { IconButton } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Brand } from './brand'
import { CommandMenu } from './command-menu'
import { NAV_ITEMS } from './nav'
import { Notices } from './notices'
import { OpenCommands } from './open-commands'
import { ReloginDialog } from './relogin-dialog'
import { useSamePerson } from './same-person'
import { ShortcutList } from './shortcut-list'
import { type Shortcut, focusSearch, useShortcuts } from './shortcuts'
import { Sidebar } from './sidebar'

type Overlay = 'commands' | 'shortcuts' | 'navigation' | undefined

/** What surrounds every page. */
export function Frame() {
  const [overlay, setOverlay] = useState<Overlay>()
  const navigate = useNavigate()
  const close = () => setOverlay(undefined)
  const shortcuts: Shortcut[] = [
    ...NAV_ITEMS.map(({ label, to, key }) => ({ keys: `g ${key}`, does: `Go to ${label}`, run: () => void navigate({ to }) })),
    { keys: '/', does: 'Focus the filter', run: focusSearch },
    { keys: 'u', does: 'Times in UTC or local', run: toggleZone },
    { keys: '?', does: 'This list', run: () => setOverlay('shortcuts') },
  ]
  useSamePerson()
  useShortcuts(shortcuts)
  useCommandKey(() => setOverlay('commands'))
  useFocusOnNewPage()
  const bar = { onCommands: () => setOverlay('commands'), onShortcuts: () => setOverlay('shortcuts') }
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="frame">
        <Sidebar {...bar} />
        <header className="topbar">
          <IconButton label="Open navigation" onClick={() => setOverlay('navigation')}>
            <MenuIcon size={18} aria-hidden="true" />
          </IconButton>
          <Brand />
        </header>
        <main id="main" className="main" tabIndex={-1}>
          <Notices />
          <OpenCommands value={bar.onCommands}>
            <Outlet />
          </OpenCommands>
        </main>
      </div>
      {overlay === 'commands' && <CommandMenu onClose={close} onShortcuts={bar.onShortcuts} />}
      {overlay === 'shortcuts' && <ShortcutList shortcuts={shortcuts} onClose={close} />}
      <Dialog title="Navigation" isOpen={overlay === 'navigation'} onClose={close} className="drawer nav-sheet">
        <Sidebar {...bar} onLeave={close} />
      </Dialog>
      <ReloginDialog />
    </>
  )
}

function useCommandKey(open: () => void): void {
  const latest = useRef(open)
  useEffect(() => {
    latest.current = open
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}

/** What is being typed into, and tabs: their page is the same one, seen from another side. */
const KEEPS_FOCUS = 'input, textarea, select, .tabs a'

/** Another page begins at its heading, for screen readers and for the next Tab. */
function useFocusOnNewPage(): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef(path)
  useEffect(() => {
    const isFirst = before.current === undefined
    if (before.current === path) return
    before.current = path
    if (isFirst || document.activeElement?.matches(KEEPS_FOCUS)) return
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [path])
}
