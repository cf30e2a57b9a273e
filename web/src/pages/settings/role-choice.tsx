import { ROLES } from '../../api/permission'
import type { Role } from '../../api/user'
import { Radios } from '../../ui/choice'

const OPTIONS = ROLES.map(({ name, label, about }) => ({ value: name as Role, label, about }))

interface RoleChoiceProps {
  role: Role
  onChange: (role: Role) => void
  denied?: string | undefined
}

export function RoleChoice({ role, onChange, denied }: RoleChoiceProps) {
  return <Radios legend="Role" name="role" options={OPTIONS} chosen={role} onChange={onChange} denied={denied} />
}
