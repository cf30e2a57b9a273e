import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type ApiToken, type ApiTokenForm, apiTokenQuery, deleteApiToken, replaceApiToken, rotateApiToken } from '../../api/api-token'
import { useDenied } from '../../api/session'
import { useAction, useDeletion } from '../../api/use-action'
import { Button } from '../../ui/button'
import { Copyable } from '../../ui/copy'
import { ConfirmDialog } from '../../ui/dialog'
import { Facts } from '../../ui/facts'
import { Page } from '../../ui/page'
import { ProblemView } from '../../ui/problem-view'
import { Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import { toast } from '../../ui/toast'
import { TOKENS_CRUMBS } from './crumbs'
import { IssuedToken } from './issued-token'
import { Needs } from './needs'
import { Section } from './section'
import { draftOf } from './token-draft'
import { TokenForm } from './token-form'
import { TokenState } from './token-state'

export function ApiTokenPage() {
  const { id } = useParams({ from: '/frame/settings/api-tokens/$id' })
  const query = useQuery(apiTokenQuery(id))
  const token = query.data
  return (
    <Page title={token?.name ?? 'API token'} crumbs={TOKENS_CRUMBS} badge={token && <TokenState token={token} />}>
      <Needs permission="OrganizationAPITokenRead">
        <Loaded query={query}>{(found) => <Found key={found.id} token={found} />}</Loaded>
      </Needs>
    </Page>
  )
}

function Found({ token }: { token: ApiToken }) {
  return (
    <div className="stack">
      <Facts
        items={[
          ['Made', <Time key="made" at={token.createdAt} form="absolute" />],
          ['Made by', token.createdBy],
          ['Expires', <Time key="end" at={token.expiresAt} none="Never" form="absolute" />],
          ['Last used', <Time key="used" at={token.lastUsedAt} none="Never yet" />],
          ['Rotated', <Time key="rotated" at={token.rotatedAt} none="Never yet" />],
          ['Id', <Copyable key="id" text={token.id} what="token id" />],
        ]}
      />
      <Section title="Value">
        <Rotation token={token} />
      </Section>
      <Section title="What it lets do">
        <Change key={JSON.stringify([token.name, token.permissions, token.expiresAt, token.allowedCIDRBlocks])} token={token} />
      </Section>
      <Section title="Delete">
        <Deletion token={token} />
      </Section>
    </div>
  )
}

function Rotation({ token }: { token: ApiToken }) {
  const [isAsked, setIsAsked] = useState(false)
  const denied = useDenied('OrganizationAPITokenModify')
  const rotating = useAction(() => rotateApiToken(token.id), {
    changes: [['api-tokens']],
    onDone: () => setIsAsked(false),
    isSecret: true,
  })
  if (rotating.data) return <IssuedToken issued={rotating.data} onDone={rotating.reset} />
  return (
    <>
      <p className="quiet">
        <span aria-hidden="true">••••••••</span> The value was shown when it was made; only a hash of it is kept. Lost or seen by others: rotate it.
      </p>
      <div className="form-actions">
        <Button denied={denied} onClick={() => setIsAsked(true)}>
          Rotate…
        </Button>
      </div>
      <ConfirmDialog
        title={`Give ${token.name} another value?`}
        action="Rotate token"
        isOpen={isAsked}
        isBusy={rotating.isPending}
        onClose={() => setIsAsked(false)}
        onConfirm={() => rotating.mutate()}
      >
        {rotating.isError && <ProblemView error={rotating.error} isFocused />}
        <p>The old value is void at once: whatever uses it is refused until it has the new one. To change over without a gap, make a second token first.</p>
      </ConfirmDialog>
    </>
  )
}

function Change({ token }: { token: ApiToken }) {
  const saving = useAction((form: ApiTokenForm) => replaceApiToken(token.id, form), {
    changes: [['api-tokens']],
    onDone: ({ name }) => toast(`${name} is saved`),
  })
  return (
    <>
      <p className="quiet">A change holds from the token’s next request on. Its value stays.</p>
      <TokenForm
        initial={draftOf(token)}
        kept={token.expiresAt ?? null}
        action="Save"
        isBusy={saving.isPending}
        error={saving.error}
        onSubmit={saving.mutate}
      />
    </>
  )
}

function Deletion({ token }: { token: ApiToken }) {
  const [isOpen, setIsOpen] = useState(false)
  const navigate = useNavigate()
  const denied = useDenied('OrganizationAPITokenModify')
  const deleting = useDeletion(() => deleteApiToken(token.id), {
    object: ['api-tokens', token.id],
    list: ['api-tokens'],
    onDone: async () => {
      toast(`${token.name} is deleted`)
      await navigate({ to: '/settings/api-tokens', ignoreBlocker: true })
    },
  })
  return (
    <>
      <p className="quiet">It is not taken any more from then on. What was done with it stays in the audit log.</p>
      <div className="form-actions">
        <Button denied={denied} onClick={() => setIsOpen(true)}>
          Delete…
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete ${token.name}?`}
        action="Delete token"
        isOpen={isOpen}
        isBusy={deleting.isPending}
        onClose={() => setIsOpen(false)}
        onConfirm={() => deleting.mutate()}
      >
        {deleting.isError && <ProblemView error={deleting.error} isFocused />}
        <p>
          Programs that use it are refused at once. It was last used <Time at={token.lastUsedAt} none="never" />.
        </p>
      </ConfirmDialog>
    </>
  )
}
