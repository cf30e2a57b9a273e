import type { Schema, SchemaChange } from '../../api/schema'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { DiffView } from '../../ui/diff-view'
import { ChangeList } from './change-list'

interface SaveDialogProps {
  schema: Schema
  yaml: string
  changes: readonly SchemaChange[]
  onClose: () => void
  onSave: () => void
}

/** What a save would do to a schema that log sources use. */
export function SaveDialog({ schema, yaml, changes, onClose, onSave }: SaveDialogProps) {
  return (
    <Dialog title={`Save ${schema.name}?`} isOpen onClose={onClose} className="dialog wide">
      <p>
        Used by {schema.sources.join(', ')}. The new text is in force at once: the next records are read by it. Rows that are there stay as they are;{' '}
        <code>margay replay</code> makes them anew.
      </p>
      {changes.length > 0 && <ChangeList changes={changes} />}
      <DiffView label="What changes in the text" before={schema.yaml} after={yaml} />
      <div className="form-actions">
        <Button kind="primary" onClick={onSave}>
          Save schema
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </Dialog>
  )
}
