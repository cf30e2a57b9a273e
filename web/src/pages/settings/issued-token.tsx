import type { IssuedApiToken } from '../../api/api-token'
import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy'
import { ShownOnce } from '../../ui/shown-once'
import { READ_TOKEN, curlLine } from './curl'

interface IssuedTokenProps {
  issued: IssuedApiToken
  onDone: () => void
}

/** The value of a token that was just made or rotated, and how to try it. */
export function IssuedToken({ issued, onDone }: IssuedTokenProps) {
  if (!issued.value) {
    return (
      <Banner tone="warn">
        <p>{issued.name} was made, but its value was in an answer that did not arrive. Rotate it to get another one.</p>
        <Button size="small" onClick={onDone}>
          Open {issued.name}
        </Button>
      </Banner>
    )
  }
  return (
    <ShownOnce title={`The value of ${issued.name}`} value={issued.value} what="token" onDone={onDone}>
      <p>To try it in a shell, run this, paste the value and press Enter; nothing is shown, and no history keeps it:</p>
      <CommandLine text={READ_TOKEN} what="the line that reads the token" />
      <p>Then this asks what the token may do:</p>
      <CommandLine text={curlLine(location.origin)} what="the curl line" />
    </ShownOnce>
  )
}

function CommandLine({ text, what }: { text: string; what: string }) {
  return (
    <div className="command-line">
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  )
}
