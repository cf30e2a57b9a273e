import { useNavigate, useSearch, Link } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { type Connector, connectorOf, findConnectors } from '../../connectors/connectors'
import { ButtonLink, Button } from '../../ui/button'
import { Drawer } from '../../ui/dialog'
import { Facts } from '../../ui/facts'
import { SearchInput } from '../../ui/input'
import { Page } from '../../ui/page'
import { EmptyState } from '../../ui/states'

const PATH = '/integrations/log-sources/new'

export function CatalogPage() {
  const { q = '', type } = useSearch({ from: '/frame/integrations/log-sources/new' })
  const navigate = useNavigate()
  const found = findConnectors(q)
  const chosen = type === undefined ? undefined : connectorOf(type)
  const searchFor = (text: string) => void navigate({ to: PATH, search: { q: text }, replace: true })
  const openFirst = (event: FormEvent) => {
    event.preventDefault()
    const [first] = found
    if (first) void navigate({ to: PATH, search: { q, type: first.id } })
  }
  return (
    <Page title="Create New" crumbs={[{ label: 'Log Sources', to: '/integrations/log-sources' }]}>
      <p className="quiet">Which logs do you want to bring in?</p>
      <form className="toolbar" role="search" onSubmit={openFirst}>
        <SearchInput label="Search log sources" value={q} onChange={searchFor} autoFocus />
        <span className="visually-hidden" role="status">
          {found.length === 1 ? '1 log source' : `${found.length} log sources`}
        </span>
      </form>
      {found.length === 0 ? (
        <EmptyState title={`Nothing is called “${q.trim()}”`}>
          <p>A service that is not in the list cannot be read yet.</p>
          <Button onClick={() => searchFor('')}>Show all</Button>
        </EmptyState>
      ) : (
        <ul className="catalog">
          {found.map((connector) => (
            <li key={connector.id}>
              <Link to={PATH} search={{ q, type: connector.id }} className="tile">
                <Logo connector={connector} />
                <span>
                  <span className="tile-name">{connector.name}</span>
                  <span className="meta">{connector.kind}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Drawer title={chosen?.name ?? ''} isOpen={chosen !== undefined} onClose={() => void navigate({ to: PATH, search: { q } })}>
        {chosen && <ConnectorDetail connector={chosen} />}
      </Drawer>
    </Page>
  )
}

function Logo({ connector }: { connector: Connector }) {
  return (
    <span className="logo" aria-hidden="true">
      {connector.name.charAt(0)}
    </span>
  )
}

function ConnectorDetail({ connector }: { connector: Connector }) {
  return (
    <>
      <p>{connector.about}</p>
      <Facts
        items={[
          [
            'You need',
            <ul key="needs">
              {connector.needs.map((need) => (
                <li key={need}>{need}</li>
              ))}
            </ul>,
          ],
          ['You get', connector.gives],
          ['Calls', connector.calls],
          [
            'Reference',
            <a key="docs" href={connector.docs} target="_blank" rel="noreferrer">
              {connector.name}’s documentation
            </a>,
          ],
        ]}
      />
      <div className="form-actions">
        <ButtonLink kind="primary" to="/integrations/log-sources/new/$connector" params={{ connector: connector.id }} search={{ step: 'name' }}>
          Start Source Setup
        </ButtonLink>
      </div>
    </>
  )
}
