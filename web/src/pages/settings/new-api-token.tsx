import { useNavigate } from '@tanstack/react-router'
import { type ApiTokenForm, createApiToken } from '../../api/api-token'
import { useAction } from '../../api/use-action'
import { useIdempotencyKey } from '../../idempotency'
import { ButtonLink } from '../../ui/button'
import { Page } from '../../ui/page'
import { TOKENS_CRUMBS } from './crumbs'
import { IssuedToken } from './issued-token'
import { Needs } from './needs'
import { NEW_TOKEN } from './token-draft'
import { TokenForm } from './token-form'

export function NewApiTokenPage() {
  return (
    <Page title="Make API token" crumbs={TOKENS_CRUMBS}>
      <Needs permission="OrganizationAPITokenModify">
        <NewApiToken />
      </Needs>
    </Page>
  )
}

function NewApiToken() {
  const navigate = useNavigate()
  const { keyOf } = useIdempotencyKey()
  const making = useAction((form: ApiTokenForm) => createApiToken(form, keyOf(form)), { changes: [['api-tokens']], isSecret: true })
  if (making.data) {
    const { id } = making.data
    return (
      <IssuedToken
        issued={making.data}
        onDone={() => void navigate({ to: '/settings/api-tokens/$id', params: { id }, ignoreBlocker: true })}
      />
    )
  }
  return (
    <TokenForm initial={NEW_TOKEN} kept={null} action="Make token" isBusy={making.isPending} error={making.error} onSubmit={making.mutate}>
      <ButtonLink kind="quiet" to="/settings/api-tokens">
        Cancel
      </ButtonLink>
    </TokenForm>
  )
}
