// The way to the command menu for what stands within the frame.
import { createContext, useContext } from 'react'

export const OpenCommands = createContext<(() => void) | undefined>(undefined)

/** Returns what opens the command menu; undefined where there is no frame. */
export function useOpenCommands(): (() => void) | undefined {
  return useContext(OpenCommands)
}
