// Which event is open. It is known by its id, so that it stays the same whatever happens to the rows around it.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { rowIds } from '../../search/row-ids'
import type { Running } from './use-run'
import type { Search } from './use-search'

/** Browsers let the address change so often only: while a key is held it waits. */
const ADDRESS_MS = 200

export interface OpenEvent {
  id: string | undefined
  /** Where it is among the rows; -1 if it is not. */
  index: number
  open: (index: number) => void
  close: () => void
  /** What each row is known by. No two have the same. */
  idOf: (index: number) => string
}

export function useOpenEvent(search: Search, running: Running): OpenEvent {
  const fromUrl = search.state.event
  const [id, setId] = useState(fromUrl)
  const written = useRef(fromUrl)
  const { rows, columns } = running.shownView
  const idColumn = columns.findIndex(({ name }) => name === 'p_row_id')

  // Back, forward and links lead to another event; what was written from here is known already.
  useEffect(() => {
    if (fromUrl === written.current) return
    written.current = fromUrl
    setId(fromUrl)
  }, [fromUrl])
  useEffect(() => {
    if (id === written.current) return
    const isFirst = written.current === undefined || id === undefined
    const write = () => {
      written.current = id
      if (isFirst) search.change({ event: id })
      else search.replace({ event: id })
    }
    if (isFirst) return write()
    const timer = setTimeout(write, ADDRESS_MS)
    return () => clearTimeout(timer)
  }, [id, search])

  const { idOf, indexOf } = useMemo(() => rowIds(rows, idColumn), [rows, idColumn])
  const open = useCallback((index: number) => setId(idOf(index)), [idOf])
  const close = useCallback(() => setId(undefined), [])
  const index = id === undefined ? -1 : indexOf(id)
  return useMemo(() => ({ id, index, open, close, idOf }), [id, index, open, close, idOf])
}
