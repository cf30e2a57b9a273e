import { CircleCheck } from 'lucide-react'
import { checkLogSource } from '../../api/coverage'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { Button } from '../../ui/button'
import { ProblemView } from '../../ui/problem-view'
import { Time } from '../../ui/time'

/** Asks the vendor now, and says what it answered. */
export function useCheck(sourceId: string) {
  return useAction(() => checkLogSource(sourceId), { changes: [['log-sources']] })
}

type Checking = ReturnType<typeof useCheck>

export function RunCheck({ checking }: { checking: Checking }) {
  const denied = useDenied('LogSourceModify')
  return (
    <Button isBusy={checking.isPending} denied={denied} onClick={() => checking.mutate()}>
      Run now
    </Button>
  )
}

export function CheckResult({ checking }: { checking: Checking }) {
  return (
    <>
      {checking.isError && <ProblemView error={checking.error} isFocused />}
      <p role="status" className="check-passed">
        {checking.data && (
          <>
            <CircleCheck size={16} className="tone-ok" aria-hidden="true" /> Asana answered <Time at={checking.data.checkedAt} />: everything works.
            {checking.data.oldestEventAt && (
              <>
                {' '}
                Its oldest event is of <Time at={checking.data.oldestEventAt} form="absolute" />.
              </>
            )}
            {!checking.data.hasEvents && ' Its log has no events, which is unusual.'}
          </>
        )}
      </p>
    </>
  )
}
