import { testDestination } from '../../api/destination'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { ProblemView } from '../../ui/problem-view'
import { Prose } from '../../ui/prose'

/** Sends a message that says that it is a test. */
export function useTest(id: string) {
  const denied = useDenied('DestinationModify')
  const testing = useAction(() => testDestination(id), { changes: [] })
  const button = (
    <Button isBusy={testing.isPending} denied={denied} onClick={() => testing.mutate()}>
      Send test alert
    </Button>
  )
  const result = (
    <div role="status">
      {testing.data && (
        <Banner tone={testing.data.isDelivered ? 'ok' : 'danger'}>
          <h2 className="banner-title">{testing.data.isDelivered ? 'The test alert arrived' : 'The test alert did not arrive'}</h2>
          <p>
            {testing.data.status != null && `It answered ${testing.data.status}: `}
            <Prose text={testing.data.outcome} />
          </p>
        </Banner>
      )}
      {testing.isError && <ProblemView error={testing.error} />}
    </div>
  )
  return { button, result }
}
