import { sentence } from '../../format'
import { Prose } from '../../ui/prose'

interface MessageProps {
  path: string
  message: string
  hint: string | null | undefined
}

/** What is said of a place in a schema, and what to do about it. */
export function Message({ path, message, hint }: MessageProps) {
  return (
    <>
      {path && <code>{path}</code>} <Prose text={sentence(message)} />
      {hint && (
        <span className="quiet">
          {' '}
          <Prose text={sentence(hint)} />
        </span>
      )}
    </>
  )
}
