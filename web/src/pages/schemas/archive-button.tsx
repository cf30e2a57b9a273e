import { useState } from 'react'
import { type Schema, archiveSchema, restoreSchema } from '../../api/schema'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/dialog'
import { ProblemView } from '../../ui/problem-view'
import { toast } from '../../ui/toast'

/** Archives a schema, or takes one out of the archive. */
export function ArchiveButton({ schema }: { schema: Schema }) {
  const [isOpen, setIsOpen] = useState(false)
  const denied = useDenied('LogSourceModify')
  const isArchived = schema.state === 'archived'
  const change = isArchived ? restoreSchema : archiveSchema
  const changing = useAction(() => change(schema.name, schema.revision ?? 1), {
    changes: [['schemas']],
    onDone: () => {
      toast(isArchived ? `${schema.name} is restored` : `${schema.name} is archived`)
      setIsOpen(false)
    },
  })
  return (
    <>
      <Button denied={denied ?? usedReason(schema)} onClick={() => setIsOpen(true)}>
        {isArchived ? 'Restore…' : 'Archive…'}
      </Button>
      <ConfirmDialog
        title={isArchived ? `Restore ${schema.name}?` : `Archive ${schema.name}?`}
        action={isArchived ? 'Restore schema' : 'Archive schema'}
        isOpen={isOpen}
        isBusy={changing.isPending}
        onClose={() => {
          changing.reset()
          setIsOpen(false)
        }}
        onConfirm={() => changing.mutate()}
      >
        {changing.isError && <ProblemView error={changing.error} isFocused />}
        <p>
          {isArchived
            ? 'Log sources can use it again, and it can be changed.'
            : 'No new log source can use it. Its events stay in the lake and can be searched. Its name stays taken. It can be restored.'}
        </p>
      </ConfirmDialog>
    </>
  )
}

function usedReason({ state, sources }: Schema): string | undefined {
  if (state === 'archived' || sources.length === 0) return undefined
  return `It is used by ${sources.join(', ')}. A schema in use cannot be archived.`
}
