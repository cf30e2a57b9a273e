import { useQuery } from '@tanstack/react-query'
import { Bookmark, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { type SavedSearch, changeSavedSearch, deleteSavedSearch, saveSearch, savedSearchesQuery } from '../../api/saved-search'
import { useDenied } from '../../api/session'
import { useAction } from '../../api/use-action'
import { parseSearch, pick, stringifySearch } from '../../search-params'
import { SEARCH_PARAMS } from '../../search/params'
import { readState } from '../../search/state'
import { Button, IconButton } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { TextInput } from '../../ui/input'
import { ProblemView } from '../../ui/problem-view'
import { EmptyState, Loaded } from '../../ui/states'
import { Time } from '../../ui/time'
import { toast } from '../../ui/toast'
import type { Search } from './use-search'

const CHANGES = [savedSearchesQuery.queryKey]
/** As the server takes it. */
const VIEW_BYTES_MAX = 8 * 1024

interface SavedProps {
  search: Search
  /** What it compiles to now. */
  sql: string
}

/** Searches that were given a name: filters or SQL, columns, and the time as it was chosen. */
export function SavedMenu(props: SavedProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>
        <Bookmark size={14} aria-hidden="true" />
        Saved
      </Button>
      {isOpen && <SavedDialog {...props} onClose={() => setIsOpen(false)} />}
    </>
  )
}

function SavedDialog({ search, sql, onClose }: SavedProps & { onClose: () => void }) {
  const query = useQuery(savedSearchesQuery)
  const denied = useDenied('DataAnalyticsModify')
  const current = query.data?.find(({ id }) => id === search.state.saved)
  const remove = useAction((one: SavedSearch) => deleteSavedSearch(one.id), {
    changes: CHANGES,
    onDone: (_, one) => toast(`Deleted the saved search ${one.name}`),
  })
  const open = ({ id, view }: SavedSearch) => {
    onClose()
    search.change({ ...readState(pick(parseSearch(view), ...SEARCH_PARAMS)), event: undefined, saved: id })
  }
  return (
    <Dialog title="Saved searches" isOpen onClose={onClose} className="dialog history">
      {remove.isError && <ProblemView error={remove.error} isFocused />}
      <Loaded query={query}>
        {(saved) => (
          <>
            {saved.length === 0 && <EmptyState title="No search is saved yet" />}
            <ul className="history-list">
              {saved.map((one) => (
                <li key={one.id} className="saved-item">
                  <button type="button" className="history-item" aria-current={one.id === current?.id || undefined} onClick={() => open(one)}>
                    {one.name}
                  </button>
                  <DeleteButton denied={denied} name={one.name} isBusy={remove.isPending} onDelete={() => remove.mutate(one)} />
                  <span className="meta">
                    {one.createdBy} · changed <Time at={one.updatedAt} />
                  </span>
                </li>
              ))}
            </ul>
            <SaveForm search={search} sql={sql} current={current} denied={denied} onDone={onClose} />
          </>
        )}
      </Loaded>
      <div className="form-actions">
        <Button kind="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  )
}

/** Asks once more, in its own place. */
function DeleteButton({ denied, name, isBusy, onDelete }: { denied: string | undefined; name: string; isBusy: boolean; onDelete: () => void }) {
  const [isSure, setIsSure] = useState(false)
  if (isSure) {
    return (
      <Button kind="danger" size="small" isBusy={isBusy} onClick={onDelete} onBlur={() => setIsSure(false)} autoFocus>
        Delete {name}
      </Button>
    )
  }
  return (
    <IconButton
      label={denied ?? `Delete ${name}…`}
      size="small"
      aria-disabled={denied !== undefined || undefined}
      onClick={() => denied === undefined && setIsSure(true)}
    >
      <Trash2 size={14} aria-hidden="true" />
    </IconButton>
  )
}

interface SaveFormProps extends SavedProps {
  current: SavedSearch | undefined
  denied: string | undefined
  onDone: () => void
}

function SaveForm({ search, sql, current, denied, onDone }: SaveFormProps) {
  const [name, setName] = useState(current?.name ?? '')
  const [error, setError] = useState<string>()
  const { query, shownColumns } = search.state
  const params = search.params({ query, columns: [...shownColumns], event: undefined, saved: undefined })
  const view = stringifySearch({ ...params }).slice(1)
  const kept = (saved: SavedSearch) => {
    search.replace({ saved: saved.id })
    toast(`Saved the search ${saved.name}`)
    onDone()
  }
  const save = useAction(saveSearch, { changes: CHANGES, onDone: kept })
  const change = useAction(changeSavedSearch, { changes: CHANGES, onDone: kept })
  const body = { name: name.trim(), sql, view }
  const isFine = () => {
    const isLong = new TextEncoder().encode(view).length > VIEW_BYTES_MAX
    const wrong = name.trim() === '' ? 'Enter a name.' : isLong ? 'This search is too long to be saved.' : undefined
    setError(wrong)
    return wrong === undefined
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isFine()) save.mutate(body)
  }
  const failed = save.error ?? change.error
  return (
    <form className="form" onSubmit={submit} noValidate>
      {failed !== null && <ProblemView error={failed} isFocused />}
      <Field label="Save this search as" error={error}>
        {(control) => <TextInput {...control} value={name} onChange={setName} />}
      </Field>
      <div className="form-actions">
        <Button type="submit" kind="primary" denied={denied} isBusy={save.isPending}>
          Save
        </Button>
        {current && (
          <Button denied={denied} isBusy={change.isPending} onClick={() => isFine() && change.mutate({ ...body, id: current.id })}>
            Change {current.name}
          </Button>
        )}
      </div>
    </form>
  )
}
