import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { roleLabel } from '../../api/permission'
import { meQuery, useDenied } from '../../api/session'
import { useAction, useDeletion } from '../../api/use-action'
import { type Role, type User, type UserChange, changeUser, deleteUser, isLastAdmin, userQuery, usersQuery } from '../../api/user'
import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { Copyable } from '../../ui/copy'
import { ConfirmDialog } from '../../ui/dialog'
import { Facts } from '../../ui/facts'
import { LeaveGuard } from '../../ui/leave-guard'
import { Page } from '../../ui/page'
import { ProblemView } from '../../ui/problem-view'
import { Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import { toast } from '../../ui/toast'
import { USERS_CRUMBS } from './crumbs'
import { Needs } from './needs'
import { RoleChoice } from './role-choice'
import { Section } from './section'
import { UserPassword } from './user-password'
import { UserState } from './user-state'

const LAST_ADMIN = 'This is the last administrator who may sign in. Make somebody else an administrator first.'

export function UserPage() {
  const { id } = useParams({ from: '/frame/settings/users/$id' })
  const query = useQuery(userQuery(id))
  const user = query.data
  return (
    <Page title={user?.email ?? 'User'} crumbs={USERS_CRUMBS} badge={user && <UserState user={user} />}>
      <Needs permission="UserRead">
        <Loaded query={query}>{(found) => <Found key={found.id} user={found} />}</Loaded>
      </Needs>
    </Page>
  )
}

function Found({ user }: { user: User }) {
  const { data: me } = useQuery(meQuery)
  const { data: users } = useQuery(usersQuery)
  const denied = useDenied('UserModify')
  const isMe = me?.id === user.id
  const needed = users && isLastAdmin(user, users) ? LAST_ADMIN : undefined
  const reason = denied ?? needed
  return (
    <div className="stack">
      <Facts
        items={[
          ['Role', roleLabel(user.role)],
          ['Signed in last', <Time key="login" at={user.lastLoginAt} none="Never yet" />],
          ['Added', <Time key="added" at={user.createdAt} form="absolute" />],
          ['Added by', user.createdBy],
          ['Id', <Copyable key="id" text={user.id} what="user id" />],
        ]}
      />
      {needed && (
        <Banner tone="info">
          <p>{needed}</p>
        </Banner>
      )}
      <Section title="Role">
        <RoleForm key={user.role} user={user} isMe={isMe} denied={reason} />
      </Section>
      <Section title="Password">
        {isMe ? (
          <p className="quiet">
            This is you: change your password in <Link to="/settings/profile">Profile</Link>.
          </p>
        ) : (
          <UserPassword user={user} />
        )}
      </Section>
      <Section title="Signing in">
        <LoginSwitch user={user} isMe={isMe} denied={user.enabled ? reason : denied} />
      </Section>
      <Section title="Delete">
        <DeleteUser user={user} isMe={isMe} denied={reason} />
      </Section>
    </div>
  )
}

interface ChangeProps {
  user: User
  isMe: boolean
  /** Why it may not be done. */
  denied: string | undefined
}

function useChange(user: User, onDone: () => void) {
  // Who asks may be who is changed: what they may do is asked again too.
  return useAction((change: UserChange) => changeUser(user.id, change), { changes: [['users'], ['me']], onDone })
}

function RoleForm({ user, isMe, denied }: ChangeProps) {
  const [role, setRole] = useState<Role>(user.role)
  const [isAsked, setIsAsked] = useState(false)
  const changing = useChange(user, () => {
    setIsAsked(false)
    toast(`${user.email} is ${roleLabel(role)} now`)
  })
  const isChanged = role !== user.role
  const save = () => (isMe ? setIsAsked(true) : changing.mutate({ role }))
  return (
    <div className="form">
      <LeaveGuard isDirty={isChanged && !changing.isSuccess} />
      {changing.isError && !isAsked && <ProblemView error={changing.error} isFocused />}
      <RoleChoice role={role} onChange={setRole} denied={denied} isLegendHidden />
      <p className="quiet">It holds from their next request on; they need not sign in again.</p>
      <div className="form-actions">
        <Button isBusy={changing.isPending} denied={denied} onClick={() => isChanged && save()}>
          Save role
        </Button>
      </div>
      <ConfirmDialog
        title="Give up your own role?"
        action="Change my role"
        isOpen={isAsked}
        isBusy={changing.isPending}
        onClose={() => setIsAsked(false)}
        onConfirm={() => changing.mutate({ role })}
      >
        {changing.isError && <ProblemView error={changing.error} isFocused />}
        <p>You will be {roleLabel(role)} at once. You cannot take the role {roleLabel(user.role)} back yourself: another administrator has to give it to you.</p>
      </ConfirmDialog>
    </div>
  )
}

function LoginSwitch({ user, isMe, denied }: ChangeProps) {
  const [isAsked, setIsAsked] = useState(false)
  const changing = useChange(user, () => {
    setIsAsked(false)
    toast(user.enabled ? `${user.email} may not sign in any more` : `${user.email} may sign in again`)
  })
  return (
    <>
      {changing.isError && !isAsked && <ProblemView error={changing.error} isFocused />}
      <p className="quiet">
        {user.enabled ? 'They may sign in. Disabled, they are signed out everywhere and keep their role.' : 'They may not sign in. Their role and password are kept.'}
      </p>
      <div className="form-actions">
        <Button isBusy={changing.isPending} denied={denied} onClick={() => (user.enabled ? setIsAsked(true) : changing.mutate({ enabled: true }))}>
          {user.enabled ? 'Disable…' : 'Enable'}
        </Button>
      </div>
      <ConfirmDialog
        title={isMe ? 'Disable yourself?' : `Disable ${user.email}?`}
        action="Disable user"
        isOpen={isAsked}
        isBusy={changing.isPending}
        onClose={() => setIsAsked(false)}
        onConfirm={() => changing.mutate({ enabled: false })}
      >
        {changing.isError && <ProblemView error={changing.error} isFocused />}
        <p>{isMe ? 'You are' : 'They are'} signed out everywhere at once. API tokens that {isMe ? 'you' : 'they'} have made go on: delete those too if need be.</p>
      </ConfirmDialog>
    </>
  )
}

function DeleteUser({ user, isMe, denied }: ChangeProps) {
  const [isOpen, setIsOpen] = useState(false)
  const navigate = useNavigate()
  const deleting = useDeletion(() => deleteUser(user.id), {
    object: ['users', user.id],
    list: ['users'],
    onDone: async () => {
      toast(`${user.email} is deleted`)
      await navigate({ to: '/settings/users', ignoreBlocker: true })
    },
  })
  return (
    <>
      <p className="quiet">Their account and sessions are gone. What they have done stays in the audit log, and their API tokens go on.</p>
      <div className="form-actions">
        <Button denied={denied} onClick={() => setIsOpen(true)}>
          Delete…
        </Button>
      </div>
      <ConfirmDialog
        title={isMe ? 'Delete yourself?' : `Delete ${user.email}?`}
        action="Delete user"
        isOpen={isOpen}
        isBusy={deleting.isPending}
        onClose={() => setIsOpen(false)}
        onConfirm={() => deleting.mutate()}
      >
        {deleting.isError && <ProblemView error={deleting.error} isFocused />}
        <p>{isMe ? 'You are' : 'They are'} signed out everywhere. This cannot be undone; a user with the same address can be added later.</p>
      </ConfirmDialog>
    </>
  )
}
