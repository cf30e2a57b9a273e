// All rows of a query as a file. It is written here, not by the server, so that its times are in the zone of the page, with their offset.
import { ChevronDown } from 'lucide-react'
import { useRef, useState } from 'react'
import { formatCount, formatCounted } from '../../format'
import { type Column, type Row, copiedText, csvRecord, jsonRecord } from '../../search/cell'
import { ROWS_MAX, rowsSql } from '../../search/compile'
import { ask } from '../../search/run'
import { useZone } from '../../time/use-zone'
import { type Zone, zoneName } from '../../time/zone'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Menu, MenuItem } from '../../ui/menu'
import { ProblemView } from '../../ui/problem-view'
import type { AskedRun, Running } from './use-run'

type Format = 'csv' | 'ndjson'
const FORMATS: Record<Format, { label: string; type: string }> = {
  csv: { label: 'CSV', type: 'text/csv;charset=utf-8' },
  ndjson: { label: 'NDJSON', type: 'application/x-ndjson' },
}

export function ExportMenu({ running, total, canExport }: { running: Running; total: number | undefined; canExport: boolean }) {
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
      {format && <ExportDialog format={format} running={running} total={total} onClose={() => setFormat(undefined)} />}
    </>
  )
}

function ExportDialog({ format, running, total, onClose }: { format: Format; running: Running; total: number | undefined; onClose: () => void }) {
  const zone = useZone()
  const { current, view } = running
  const [isWriting, setIsWriting] = useState(false)
  const [error, setError] = useState<unknown>()
  const abort = useRef<AbortController | undefined>(undefined)
  const close = () => {
    abort.current?.abort()
    onClose()
  }
  const write = async () => {
    if (!current || isWriting) return
    const control = (abort.current = new AbortController())
    setError(undefined)
    setIsWriting(true)
    try {
      const { columns, rows } = await ask(wholeSql(current), 'rows', control.signal)
      save(fileOf(columns, rows, format, zone), `search-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`, FORMATS[format].type)
      onClose()
    } catch (caught) {
      if (!control.signal.aborted) setError(caught)
    }
    setIsWriting(false)
  }
  const isUtc = zoneName(zone) === 'UTC'
  const count = (current?.request ? total : undefined) ?? view.query?.rowCount
  return (
    <Dialog title={`Export as ${FORMATS[format].label}`} isOpen onClose={close}>
      {error !== undefined && <ProblemView error={error} isFocused onRetry={() => void write()} />}
      <p>
        {count === undefined ? 'Everything that the search finds' : `${formatCounted(Math.min(count, ROWS_MAX), 'row')}: everything that the search finds`}, not only what is loaded.
        {count !== undefined && count > ROWS_MAX && ` It finds ${formatCount(count)}; the server gives the first ${formatCount(ROWS_MAX)}. Narrow the time for the rest, or use the command line.`}
      </p>
      <p>
        Times are in {isUtc ? 'UTC' : zoneName(zone)}, as on this page, and each carries its offset.
        {!isUtc && ' An export by the API or by cURL is in UTC.'}
      </p>
      <div className="form-actions">
        <Button kind="primary" isBusy={isWriting} onClick={() => void write()}>
          Save the file
        </Button>
        <Button kind="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
    </Dialog>
  )
}

/** The statement with as many rows as the server gives. */
export function wholeSql({ request, sql }: AskedRun): string {
  return request ? rowsSql({ ...request, limit: ROWS_MAX }) : sql
}

function fileOf(columns: readonly Column[], rows: readonly Row[], format: Format, zone: Zone): string[] {
  const head = format === 'csv' ? [`${csvRecord(columns.map(({ name }) => name))}\r\n`] : []
  return [...head, ...rows.map((row) => record(columns, row, format, zone))]
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
