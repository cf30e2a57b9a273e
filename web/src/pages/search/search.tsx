// Search: what happened, over every log. All of it stands in the URL.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { meQuery } from '../../api/session'
import { tablesQuery } from '../../api/query'
import { searchTables } from '../../search/table'
import { Page } from '../../ui/page'
import { DeniedState, Loaded } from '../../ui/states'
import '../../styles/search.css'
import '../../styles/search-filters.css'
import '../../styles/search-histogram.css'
import '../../styles/search-grid.css'
import '../../styles/search-pane.css'
import { Workbench } from './workbench'

const PERMISSION = 'DataAnalyticsRead'

export function SearchPage() {
  const { data: me } = useQuery(meQuery)
  const isDenied = me !== undefined && !me.permissions.includes(PERMISSION)
  const query = useQuery({ ...tablesQuery, enabled: me !== undefined && !isDenied })
  const tables = useMemo(() => searchTables(query.data ?? []), [query.data])
  if (query.data) return <Workbench tables={tables} />
  return (
    <Page title="Search">
      {isDenied ? (
        <DeniedState detail={`You need the permission ${PERMISSION} to search${me.role ? `. Your role is ${me.role}` : ''}`} />
      ) : (
        <Loaded query={query} rows={8}>
          {() => null}
        </Loaded>
      )}
    </Page>
  )
}
