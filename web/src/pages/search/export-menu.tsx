// All rows of a query as a file. It is written here, not by the server, so that its times are in the zone of the page, with their offset.
import { ChevronDown } from 'lucide-react'
import { useRef, useState } from 'react'
import { ROWS_AT_ONCE, queryServer } from '../../api/query'
import { formatCounted } from '../../format'
import { type Column, type Row, copiedText, csvRecord, jsonRecord } from '../../search/cell'
import { useZone } from '../../time/use-zone'
import { type Zone, offsetLabel, zoneName } from '../../time/zone'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Menu, MenuItem } from '../../ui/menu'
import { ProblemView } from '../../ui/problem-view'
import type { Running } from './use-run'

type Format = 'csv' | 'ndjson'
const FORMATS: Record<Format, { label: string; type: string }> = {
  csv: { label: 'CSV', type: 'text/csv;charset=utf-8' },
  ndjson: { label: 'NDJSON', type: 'application/x-ndjson' },
}

export function ExportMenu({ running, canExport }: { running: Running; canExport: boolean }) {
  const [format, setFormat] = useState<Format>()
  const reason = canExport ? undefined : 'There are no rows to export'
  return (
    <>
      <Menu
        trigger={
          <button type="button" className="button" data-kind="quiet" data-size="small">
            Export
            <ChevronDown size={14} aria-hidden="true" />
          </button>
        }
      >
        {(Object.keys(FORMATS) as Format[]).map((one) => (
          <MenuItem key={one} denied={reason} onSelect={() => setFormat(one)}>
            {FORMATS[one].label}…
          </MenuItem>
        ))}
      </Menu>
      {format && <ExportDialog format={format} running={running} onClose={() => setFormat(undefined)} />}
    </>
  )
}

function ExportDialog({ format, running, onClose }: { format: Format; running: Running; onClose: () => void }) {
  const zone = useZone()
  const { query, phase } = running.view
  const [readCount, setReadCount] = useState<number>()
  const [error, setError] = useState<unknown>()
  const abort = useRef<AbortController | undefined>(undefined)
  const close = () => {
    abort.current?.abort()
    onClose()
  }
  const write = async () => {
    if (!query || readCount !== undefined) return
    const control = (abort.current = new AbortController())
    setError(undefined)
    setReadCount(0)
    try {
      const parts = await read(query.id, format, zone, control.signal, setReadCount)
      save(parts, `search-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`, FORMATS[format].type)
      onClose()
    } catch (caught) {
      if (!control.signal.aborted) setError(caught)
      setReadCount(undefined)
    }
  }
  const isUtc = zoneName(zone) === 'UTC'
  return (
    <Dialog title={`Export as ${FORMATS[format].label}`} isOpen onClose={close}>
      {error !== undefined && <ProblemView error={error} isFocused onRetry={running.runAgain} />}
      <p>
        {formatCounted(query?.rowCount ?? 0, 'row')}: everything that the query found, not only what is loaded.
        {query?.cutBy && ' The query was cut at its limit: narrow the time for the rest, or use the command line.'}
        {phase !== 'done' && ' The query did not come to its end, so that rows are missing.'}
      </p>
      <p>
        Times are in {isUtc ? 'UTC' : `${zoneName(zone)} (${offsetLabel(new Date(), zone)} now)`}, as on this page, and each carries its offset.
        {!isUtc && ' An export by the API or by cURL is in UTC.'}
      </p>
      <div className="form-actions">
        <Button kind="primary" isBusy={readCount !== undefined} onClick={() => void write()}>
          Save the file
        </Button>
        <Button kind="quiet" onClick={close}>
          Cancel
        </Button>
        <span role="status">{readCount ? `${formatCounted(readCount, 'row')} read` : ''}</span>
      </div>
    </Dialog>
  )
}

async function read(id: string, format: Format, zone: Zone, signal: AbortSignal, onRead: (count: number) => void): Promise<string[]> {
  const parts: string[] = []
  let cursor: string | undefined
  let count = 0
  for (;;) {
    const page = await queryServer.rows(id, cursor, ROWS_AT_ONCE, signal)
    if (parts.length === 0 && format === 'csv') parts.push(`${csvRecord(page.columns.map(({ name }) => name))}\r\n`)
    parts.push((page.rows as Row[]).map((row) => record(page.columns, row, format, zone)).join(''))
    count += page.rows.length
    onRead(count)
    if (page.next === null || page.next === undefined) return parts
    cursor = page.next
  }
}

function record(columns: readonly Column[], row: Row, format: Format, zone: Zone): string {
  if (format === 'ndjson') return `${jsonRecord(columns, row, zone)}\n`
  return `${csvRecord(columns.map(({ type }, index) => copiedText(row[index], type, zone)))}\r\n`
}

function save(parts: string[], name: string, type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
