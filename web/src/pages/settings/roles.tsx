import { useQuery } from '@tanstack/react-query'
import { Check, Minus } from 'lucide-react'
import { Fragment } from 'react'
import { PERMISSION_GROUPS, ROLES, has } from '../../api/permission'
import { meQuery, useCan } from '../../api/session'
import { usersQuery } from '../../api/user'
import { formatCounted } from '../../format'
import { Table } from '../../ui/table'

/** What each role may do. */
export function RolesTab() {
  const { data: me } = useQuery(meQuery)
  const { data: users } = useQuery({ ...usersQuery, enabled: useCan('UserRead') })
  const countOf = (role: string) => users?.filter((user) => user.role === role).length
  return (
    <>
      <p className="quiet">A user has one role. It holds from their next request on. API tokens have permissions of their own, by the names below.</p>
      <Table
        label="Permissions of the roles"
        head={
          <>
            <th scope="col">Permission</th>
            {ROLES.map(({ name, label }) => {
              const count = countOf(name)
              return (
                <th key={name} scope="col">
                  {label}
                  {me?.role === name && <span className="meta"> (yours)</span>}
                  <br />
                  <span className="meta">{count !== undefined && formatCounted(count, 'user')}</span>
                </th>
              )
            })}
          </>
        }
      >
        {PERMISSION_GROUPS.map((group) => (
          <Fragment key={group.label}>
            <tr className="table-group">
              <th scope="colgroup" colSpan={ROLES.length + 1}>
                {group.label}
              </th>
            </tr>
            {group.permissions.map((permission) => (
              <tr key={permission.name}>
                <td>
                  <div className="cell-name">
                    <span>{`${permission.does.charAt(0).toUpperCase()}${permission.does.slice(1)}`}</span>
                    <code className="meta">{permission.name}</code>
                  </div>
                </td>
                {ROLES.map(({ name }) => (
                  <td key={name}>{has(name, permission) ? <Yes /> : <No />}</td>
                ))}
              </tr>
            ))}
          </Fragment>
        ))}
      </Table>
    </>
  )
}

function Yes() {
  return (
    <span className="toolbar nowrap tone-ok">
      <Check size={16} aria-hidden="true" /> Yes
    </span>
  )
}

function No() {
  return (
    <span className="toolbar nowrap quiet">
      <Minus size={16} aria-hidden="true" /> No
    </span>
  )
}
