import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { rolesWith, roleLabel, wordsOf } from '../../api/permission'
import { meQuery } from '../../api/session'
import { EmptyState, Loaded } from '../../ui/states'

interface NeedsProps {
  permission: string | undefined
  children: ReactNode
}

/** What only those may see who have the permission; others are told its name, and who has it. */
export function Needs({ permission, children }: NeedsProps) {
  const query = useQuery(meQuery)
  if (permission === undefined) return children
  return (
    <Loaded query={query}>
      {({ permissions, role }) => (permissions.includes(permission) ? children : <Denied permission={permission} role={role} />)}
    </Loaded>
  )
}

function Denied({ permission, role }: { permission: string; role: string | null }) {
  const roles = rolesWith(permission)
  return (
    <EmptyState title="You may not see this">
      <p>
        You need the permission <code>{permission}</code>: it lets {wordsOf(permission)}. {role && `Your role is ${roleLabel(role)}.`}
      </p>
      {roles.length > 0 && (
        <p className="quiet">
          {roles.length === 1 ? `The role ${roles[0]} has it` : `The roles ${roles.join(' and ')} have it`}. Ask an administrator of this console for that
          role. A change holds at once.
        </p>
      )}
    </EmptyState>
  )
}
