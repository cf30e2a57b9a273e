import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type LogSource, deleteLogSource } from '../../api/log-source'
import { useDenied } from '../../api/session'
import { useDeletion } from '../../api/use-action'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/dialog'
import { ProblemView } from '../../ui/problem-view'
import { toast } from '../../ui/toast'

export function DeleteSource({ source }: { source: LogSource }) {
  const [isOpen, setIsOpen] = useState(false)
  const navigate = useNavigate()
  const denied = useDenied('LogSourceModify')
  const deleting = useDeletion(() => deleteLogSource(source.id), {
    object: ['log-sources', source.id],
    list: ['log-sources'],
    onDone: async () => {
      toast(`${source.label} is deleted`)
      await navigate({ to: '/integrations/log-sources', ignoreBlocker: true })
    },
  })
  return (
    <>
      <p className="quiet">Its credentials and its journal are deleted, and it is not polled any more. Its events stay in the lake.</p>
      <div className="form-actions">
        <Button denied={denied} onClick={() => setIsOpen(true)}>
          Delete…
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete ${source.label}?`}
        action="Delete log source"
        isOpen={isOpen}
        isBusy={deleting.isPending}
        onClose={() => setIsOpen(false)}
        onConfirm={() => deleting.mutate()}
        typed={source.label}
      >
        {deleting.isError && <ProblemView error={deleting.error} isFocused />}
        <p>The token, the place where reading stopped and what waits to be landed are gone afterwards. Events that have landed stay in the lake.</p>
        {deleting.isPending && <p role="status">Waiting until all that was read has landed. This takes up to 45 seconds.</p>}
      </ConfirmDialog>
    </>
  )
}
