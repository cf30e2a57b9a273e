import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy'
import { DiffView } from '../../ui/diff-view'
import { COMMAND_KEY } from '../../ui/key'

interface ConflictProps {
  /** What is there now, and what is being written. */
  theirs: string
  mine: string
  revision: number
  begunAt: number
  onKeepMine: () => void
  onTakeTheirs: () => void
}

/** Somebody saved the schema while it was being edited here: both texts, and the choice. */
export function Conflict({ theirs, mine, revision, begunAt, onKeepMine, onTakeTheirs }: ConflictProps) {
  return (
    <div role="alert">
      <Banner tone="warn">
        <h2 className="banner-title">Somebody changed this schema since you began</h2>
        <p>
          Its revision is {revision} now; yours began at {begunAt}. Below, what they have is removed and what you have is added. Keep yours, and the next save
          replaces theirs; or take theirs, and {COMMAND_KEY} Z in the editor brings yours back.
        </p>
        <DiffView label="Their text and yours" before={theirs} after={mine} />
        <div className="form-actions">
          <Button onClick={onKeepMine}>Keep mine</Button>
          <Button onClick={onTakeTheirs}>Take theirs</Button>
          <span>
            Your text <CopyButton text={mine} what="your text" />
          </span>
        </div>
      </Banner>
    </div>
  )
}
