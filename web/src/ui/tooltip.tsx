import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'

const GAP_PX = 6

export const TooltipProvider = Base.Provider

/** Says more about what is focused or pointed at. Never the only place where something is said. */
export function Tooltip({ text, children }: { text: string; children: ReactElement<Record<string, unknown>> }) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className="positioner" sideOffset={GAP_PX}>
          <Base.Popup className="tooltip">{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
