import { Fragment } from 'react'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { COMMAND_KEY, Key } from '../ui/key'
import type { Shortcut } from './shortcuts'

interface ShortcutListProps {
  shortcuts: readonly Shortcut[]
  onClose: () => void
}

const ELSEWHERE = [
  { keys: 't', does: 'With a time range: choose it' },
  { keys: '[ ]', does: 'With a time range: earlier, later' },
  { keys: '-', does: 'With a time range: zoom out' },
  { keys: `${COMMAND_KEY} Enter`, does: 'In a search: run it' },
  { keys: 'j k', does: 'In rows: down, up; arrows, PgUp, PgDn, Home, End too' },
  { keys: 'Enter', does: 'On a row: open the event; Esc closes it' },
  { keys: 'Space', does: 'On a value: what can be done with it' },
  { keys: 'f x c', does: 'On a value: filter for it, filter it out, copy it' },
  { keys: '← →', does: 'On a chart: read the bars' },
  { keys: 'Shift ← →', does: 'On a chart: choose a range; Enter zooms into it' },
]

export function ShortcutList({ shortcuts, onClose }: ShortcutListProps) {
  return (
    <Dialog title="Keyboard shortcuts" isOpen onClose={onClose}>
      <div className="shortcut-grid">
        {[{ keys: `${COMMAND_KEY} K`, does: 'Go to a page or do something' }, ...shortcuts, ...ELSEWHERE].map(({ keys, does }) => (
          <Fragment key={keys}>
            <span className="nowrap">
              {keys.split(' ').map((key, index) => (
                <Fragment key={index}>
                  {index > 0 && ' '}
                  <Key>{key}</Key>
                </Fragment>
              ))}
            </span>
            <span>{does}</span>
          </Fragment>
        ))}
      </div>
      <div className="form-actions">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}
