import { ROLES } from '../../api/permission'
import type { Role } from '../../api/user'
import { Radios } from '../../ui/choice'

const OPTIONS = ROLES.map(({ name, label, about }) => ({ value: name as Role, label, about }))

interface RoleChoiceProps {
  role: Role
  onChange: (role: Role) => void
  denied?: string | undefined
  isLegendHidden?: boolean
}

export function RoleChoice({ role, onChange, denied, isLegendHidden = false }: RoleChoiceProps) {
  return <Radios legend="Role" isLegendHidden={isLegendHidden} name="role" options={OPTIONS} chosen={role} onChange={onChange} denied={denied} />
}
