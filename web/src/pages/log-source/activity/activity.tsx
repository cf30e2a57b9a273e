import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { AUDIT_ENTRIES_SHOWN, auditLogQuery } from '../../../api/audit-log'
import { useCan } from '../../../api/session'
import { sourceHistoryQuery } from '../../../api/source-history'
import { formatCounted } from '../../../format'
import { Select } from '../../../ui/input'
import { EmptyState, LoadMore, Loaded, Skeleton } from '../../../ui/states'
import { EntryItem, NoteItem } from './happening'
import { storyOf } from './story'

const VIEWS = [
  { value: '', label: 'Everything' },
  { value: 'people', label: 'What people did' },
  { value: 'server', label: 'What happened' },
]

/** What people did to the source and what happened to it, the newest first. */
export function ActivityTab() {
  const { id } = useParams({ from: '/frame/integrations/log-sources/$id' })
  const { show = '' } = useSearch({ from: '/frame/integrations/log-sources/$id/activity' })
  const navigate = useNavigate()
  const canAudit = useCan('AuditLogRead')
  const object = `log_source:${id}`
  const notes = useQuery(sourceHistoryQuery(id))
  const entries = useInfiniteQuery({ ...auditLogQuery({ object }), enabled: canAudit })
  return (
    <>
      <div className="toolbar">
        <Select
          aria-label="Show"
          data-shortcut-search
          value={show}
          options={VIEWS}
          onChange={(next) => void navigate({ to: '/integrations/log-sources/$id/activity', params: { id }, search: { show: next }, replace: true })}
        />
        {canAudit ? (
          <Link to="/settings/audit-log" search={{ object, from: 'now-90d', to: 'now' }}>
            Open in the audit log
          </Link>
        ) : (
          <span className="quiet">
            What people did is shown to those who have the permission <code>AuditLogRead</code>.
          </span>
        )}
      </div>
      {show !== 'server' && canAudit && entries.isError && <Loaded query={entries}>{() => null}</Loaded>}
      <Loaded query={notes}>
        {(told) => {
          if (canAudit && entries.isPending) return <Skeleton />
          const done = entries.data?.pages.flatMap(({ results }) => results) ?? []
          return <Story notes={show === 'people' ? [] : told} entries={show === 'server' ? [] : done} hasOlder={show !== 'server' && entries.hasNextPage} />
        }}
      </Loaded>
      {show !== 'server' && <LoadMore query={entries} count={AUDIT_ENTRIES_SHOWN} />}
    </>
  )
}

interface StoryProps {
  notes: Parameters<typeof storyOf>[0]
  entries: Parameters<typeof storyOf>[1]
  hasOlder: boolean
}

function Story({ notes, entries, hasOlder }: StoryProps) {
  const story = storyOf(notes, entries, hasOlder)
  if (story.length === 0) {
    return (
      <EmptyState title="Nothing is told yet">
        <p>What people change about this source, and what the vendor and the server do with it, is kept here.</p>
      </EmptyState>
    )
  }
  return (
    <>
      <p className="quiet" role="status">
        {formatCounted(story.length, 'entry', 'entries')}
        {hasOlder && ' and more'}
      </p>
      <ol className="timeline card">
        {story.map((one, index) =>
          'entry' in one ? <EntryItem key={one.entry.id} entry={one.entry} /> : <NoteItem key={`${one.note.kind} ${one.at} ${index}`} note={one.note} />,
        )}
      </ol>
    </>
  )
}
