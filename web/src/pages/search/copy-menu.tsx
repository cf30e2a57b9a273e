import { useRouter } from '@tanstack/react-router'
import { ChevronDown } from 'lucide-react'
import { curlScript } from '../../search/curl'
import { absolute } from '../../time/range'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu'
import { wholeSql } from './export-menu'
import { copyText } from './copy-text'
import type { Running } from './use-run'
import type { Search } from './use-search'

/** Takes the search elsewhere. A link is of the same moment, unless it is asked to move on with the time. */
export function CopyMenu({ search, running }: { search: Search; running: Running }) {
  const router = useRouter()
  const { current } = running
  const link = (range: { from: string; to: string }) => {
    const { query, shownColumns } = search.state
    const params = search.params({ query, columns: [...shownColumns], range })
    return location.origin + router.buildLocation({ to: '/search', search: params }).href
  }
  const copyCommands = () => current && void copyText(curlScript(location.origin, wholeSql(current)), 'commands')
  const isRelative = search.state.range.from.startsWith('now') || search.state.range.to.startsWith('now')
  return (
    <Menu
      trigger={
        <button type="button" className="button" data-kind="quiet" data-size="small">
          Copy as
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      }
    >
      <MenuItem onSelect={() => void copyText(link(current ? absolute(current.span) : search.state.range), 'link')}>Link to this moment</MenuItem>
      {isRelative && <MenuItem onSelect={() => void copyText(link(search.state.range), 'link')}>Link that moves on with the time</MenuItem>}
      <MenuSeparator />
      <MenuItem denied={current ? undefined : 'Run it first'} onSelect={copyCommands}>
        cURL
      </MenuItem>
      <MenuItem denied={current ? undefined : 'Run it first'} onSelect={() => current && void copyText(current.sql, 'statement')}>
        SQL
      </MenuItem>
    </Menu>
  )
}
