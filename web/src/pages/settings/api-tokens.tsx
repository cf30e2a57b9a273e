import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ApiToken, apiTokensQuery } from '../../api/api-token'
import { groupsOf, isChange } from '../../api/permission'
import { useDenied } from '../../api/session'
import { formatCounted } from '../../format'
import { Button, ButtonLink } from '../../ui/button'
import { SearchInput } from '../../ui/input'
import { EmptyState, Loaded } from '../../ui/states'
import { Table } from '../../ui/table'
import { Time } from '../../ui/time'
import { TokenState } from './token-state'

export function ApiTokensTab() {
  const query = useQuery(apiTokensQuery)
  return (
    <Loaded query={query}>
      {(tokens) =>
        tokens.length === 0 ? (
          <EmptyState title="No API tokens yet">
            <p>A program that uses the API of this server has a token and does not sign in: with permissions of its own, an end, and networks if you like.</p>
            <MakeToken />
          </EmptyState>
        ) : (
          <TokenList tokens={tokens} />
        )
      }
    </Loaded>
  )
}

function MakeToken() {
  const denied = useDenied('OrganizationAPITokenModify')
  if (denied) {
    return (
      <Button kind="primary" denied={denied}>
        Make token
      </Button>
    )
  }
  return (
    <ButtonLink kind="primary" to="/settings/api-tokens/new">
      <Plus size={16} aria-hidden="true" />
      Make token
    </ButtonLink>
  )
}

function TokenList({ tokens }: { tokens: readonly ApiToken[] }) {
  const { q = '' } = useSearch({ from: '/frame/settings/api-tokens' })
  const navigate = useNavigate()
  const change = (next: string) => void navigate({ to: '/settings/api-tokens', search: { q: next }, replace: true })
  const wanted = q.trim().toLowerCase()
  const shown = tokens.filter(({ name, createdBy, permissions }) => `${name} ${createdBy} ${permissions.join(' ')}`.toLowerCase().includes(wanted))
  return (
    <>
      <div className="toolbar">
        <SearchInput label="Filter by name, maker or permission" value={q} onChange={change} />
        <span className="quiet" role="status">
          {wanted ? `${shown.length} of ${formatCounted(tokens.length, 'token')}` : formatCounted(tokens.length, 'token')}
        </span>
        <span className="toolbar-end">
          <MakeToken />
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No token fits the filter">
          <Button onClick={() => change('')}>Clear filter</Button>
        </EmptyState>
      ) : (
        <TokenTable tokens={shown} />
      )}
    </>
  )
}

function TokenTable({ tokens }: { tokens: readonly ApiToken[] }) {
  return (
    <Table
      label="API tokens"
      head={
        <>
          <th scope="col">Token</th>
          <th scope="col">State</th>
          <th scope="col">Expires</th>
          <th scope="col">Last used</th>
          <th scope="col">Lets</th>
          <th scope="col">Networks</th>
        </>
      }
    >
      {tokens.map((token) => (
        <tr key={token.id}>
          <td>
            <div className="cell-name">
              <Link to="/settings/api-tokens/$id" params={{ id: token.id }}>
                {token.name}
              </Link>
              <span className="meta">made by {token.createdBy}</span>
            </div>
          </td>
          <td>
            <TokenState token={token} />
          </td>
          <td>
            <Time at={token.expiresAt} none="Never" />
          </td>
          <td className="nowrap">
            <Time at={token.lastUsedAt} none="Never yet" />
          </td>
          <td>
            <div className="cell-name">
              <span>{token.permissions.some(isChange) ? 'Look and change' : 'Look'}</span>
              <span className="meta">{groupsOf(token.permissions).map(({ label }) => label).join(', ')}</span>
            </div>
          </td>
          <td>{token.allowedCIDRBlocks.length === 0 ? 'All' : <Networks networks={token.allowedCIDRBlocks} />}</td>
        </tr>
      ))}
    </Table>
  )
}

const NETWORKS_SHOWN = 2

/** The first ones; all of them are on the page of the token. */
function Networks({ networks }: { networks: readonly string[] }) {
  const more = networks.length - NETWORKS_SHOWN
  return (
    <div className="cell-name">
      {networks.slice(0, NETWORKS_SHOWN).map((network) => (
        <code key={network}>{network}</code>
      ))}
      {more > 0 && <span className="meta">and {more} more</span>}
    </div>
  )
}
