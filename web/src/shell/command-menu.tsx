import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useState } from 'react'
import { destinationsQuery } from '../api/destination'
import { logSourcesQuery } from '../api/log-source'
import { meQuery } from '../api/session'
import { prefer } from '../preferences'
import { toggleZone } from '../time/use-zone'
import { Dialog } from '../ui/dialog'
import { sectionsFor } from '../pages/settings/sections'
import { NAV_ITEMS } from './nav'
import { type Command, matching } from './commands'

interface CommandMenuProps {
  onClose: () => void
  onShortcuts: () => void
}

/** Everything that can be gone to or done, by typing a part of its name. */
export function CommandMenu({ onClose, onShortcuts }: CommandMenuProps) {
  const commands = useCommands(onShortcuts)
  const [text, setText] = useState('')
  const [current, setCurrent] = useState(0)
  const listId = useId()
  const found = matching(commands, text)

  const run = (command: Command | undefined) => {
    if (!command) return
    onClose()
    command.run()
  }
  const steer = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setCurrent((current + 1) % Math.max(found.length, 1))
    else if (event.key === 'ArrowUp') setCurrent((current + found.length - 1) % Math.max(found.length, 1))
    else if (event.key === 'Enter') run(found[current])
    else return
    event.preventDefault()
  }

  return (
    <Dialog title="Go to a page or do something" isOpen onClose={onClose} className="dialog command">
      <input
        className="input"
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[current] && `${listId}-${current}`}
        placeholder="Go to…"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setCurrent(0)
        }}
        onKeyDown={steer}
      />
      <div className="command-list" role="listbox" id={listId} aria-label="Commands">
        {found.map((command, index) => (
          <div
            key={command.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === current}
            className="menu-item"
            ref={index === current ? (option) => option?.scrollIntoView({ block: 'nearest' }) : undefined}
            onPointerMove={() => setCurrent(index)}
            onClick={() => run(command)}
          >
            <span>{command.label}</span>
            <span className="meta">{command.group}</span>
          </div>
        ))}
      </div>
      <p className="menu-label" role="status">
        {found.length === 0 ? `Nothing is called “${text}”.` : ''}
      </p>
    </Dialog>
  )
}

function useCommands(onShortcuts: () => void): Command[] {
  const navigate = useNavigate()
  const sources = useQuery(logSourcesQuery).data ?? []
  const destinations = useQuery(destinationsQuery).data ?? []
  const permissions = useQuery(meQuery).data?.permissions ?? []
  return [
    ...NAV_ITEMS.map(({ label, to }) => ({ id: to, label, group: 'Page', run: () => void navigate({ to }) })),
    ...sectionsFor(permissions).map(({ label, to }) => ({ id: to, label, group: 'Settings', run: () => void navigate({ to }) })),
    { id: 'new-source', label: 'Create New log source', group: 'Action', run: () => void navigate({ to: '/integrations/log-sources/new' }) },
    { id: 'new-destination', label: 'Add destination', group: 'Action', run: () => void navigate({ to: '/integrations/destinations/new' }) },
    ...sources.map(({ id, label }) => ({
      id,
      label,
      group: 'Log Source',
      run: () => void navigate({ to: '/integrations/log-sources/$id/overview', params: { id } }),
    })),
    ...destinations.map(({ id, name }) => ({
      id,
      label: name,
      group: 'Alert Destination',
      run: () => void navigate({ to: '/integrations/destinations/$id', params: { id } }),
    })),
    { id: 'zone', label: 'Times in UTC or local', group: 'Action', run: toggleZone },
    ...Intl.supportedValuesOf('timeZone').map((zone) => ({
      id: zone,
      label: `Times in ${zone}`,
      group: 'Time zone',
      isHidden: true,
      run: () => prefer({ zone }),
    })),
    { id: 'light', label: 'Light theme', group: 'Action', run: () => prefer({ theme: 'light' }) },
    { id: 'dark', label: 'Dark theme', group: 'Action', run: () => prefer({ theme: 'dark' }) },
    { id: 'shortcuts', label: 'Keyboard shortcuts', group: 'Action', run: onShortcuts },
  ]
}
