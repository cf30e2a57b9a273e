import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { roleLabel } from '../../api/permission'
import { meQuery, useDenied } from '../../api/session'
import { type User, usersQuery } from '../../api/user'
import { formatCounted } from '../../format'
import { Button, ButtonLink } from '../../ui/button'
import { SearchInput } from '../../ui/input'
import { EmptyState, Loaded } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { UserState } from './user-state'

export function UsersTab() {
  const query = useQuery(usersQuery)
  return <Loaded query={query}>{(users) => <UserList users={users} />}</Loaded>
}

function UserList({ users }: { users: readonly User[] }) {
  const { q = '' } = useSearch({ from: '/frame/settings/users' })
  const navigate = useNavigate()
  const change = (next: string) => void navigate({ to: '/settings/users', search: { q: next }, replace: true })
  const wanted = q.trim().toLowerCase()
  const shown = users.filter(({ email, role }) => `${email} ${roleLabel(role)}`.toLowerCase().includes(wanted))
  return (
    <>
      <div className="toolbar">
        <SearchInput label="Filter by address or role" value={q} onChange={change} />
        <span className="quiet" role="status">
          {wanted ? `${shown.length} of ${formatCounted(users.length, 'user')}` : formatCounted(users.length, 'user')}
        </span>
        <span className="toolbar-end">
          <AddUser />
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No user fits the filter">
          <Button onClick={() => change('')}>Clear filter</Button>
        </EmptyState>
      ) : (
        <UserTable users={shown} />
      )}
    </>
  )
}

function AddUser() {
  const denied = useDenied('UserModify')
  if (denied) {
    return (
      <Button kind="primary" denied={denied}>
        Add user
      </Button>
    )
  }
  return (
    <ButtonLink kind="primary" to="/settings/users/new">
      <Plus size={16} aria-hidden="true" />
      Add user
    </ButtonLink>
  )
}

function UserTable({ users }: { users: readonly User[] }) {
  const { data: me } = useQuery(meQuery)
  return (
    <Table
      label="Users"
      head={
        <>
          <th scope="col">User</th>
          <th scope="col">Role</th>
          <th scope="col">State</th>
          <th scope="col">Signed in last</th>
          <th scope="col">Added</th>
        </>
      }
    >
      {users.map((user) => (
        <tr key={user.id}>
          <td>
            <div className="cell-name">
              <Link to="/settings/users/$id" params={{ id: user.id }}>
                {user.email}
              </Link>
              {user.id === me?.id && <span className="meta">This is you</span>}
            </div>
          </td>
          <td className="nowrap">{roleLabel(user.role)}</td>
          <td>
            <UserState user={user} />
          </td>
          <td className="nowrap">
            <Time at={user.lastLoginAt} none="Never yet" />
          </td>
          <td>
            <Time at={user.createdAt} /> <span className="meta">by {user.createdBy}</span>
          </td>
        </tr>
      ))}
    </Table>
  )
}
