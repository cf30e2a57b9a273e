/** A key to press. */
export function Key({ children }: { children: string }) {
  return <kbd className="key">{children}</kbd>
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** What the key of commands is called here. */
export const COMMAND_KEY = isApple ? '⌘' : 'Ctrl'
