import { searchLink } from '../../search/state'
import { ButtonLink } from '../../ui/button'

/** Leads to the events of a table. */
export function ViewData({ table }: { table: string }) {
  return <ButtonLink {...searchLink({ table })}>View Data</ButtonLink>
}
