// All rows of a query as a file. It is written here, not by the server, so that its times are in the zone of the page, with their offset.
import { ChevronDown } from 'lucide-react'
import { useRef, useState } from 'react'
import { formatCount, formatCounted, sentence } from '../../format'
import { type Column, type Row, copiedText, csvRecord, jsonRecord } from '../../search/cell'
import { ROWS_MAX, rowsSql } from '../../search/compile'
import { type Answer, ask, cutOf, cutText } from '../../search/run'
import { useZone } from '../../time/use-zone'
import { type Zone, zoneName } from '../../time/zone'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Menu, MenuItem } from '../../ui/menu'
import { ProblemView } from '../../ui/problem-view'
import { toast } from '../../ui/toast'
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

export function ExportDialog({ format, running, total, onClose }: { format: Format; running: Running; total: number | undefined; onClose: () => void }) {
  const zone = useZone()
  const { current, view } = running
  const [isWriting, setIsWriting] = useState(false)
  const [error, setError] = useState<unknown>()
  /** What the server gave although it is not all: it is saved only by who knows that. */
  const [partial, setPartial] = useState<Answer>()
  const abort = useRef<AbortController | undefined>(undefined)
  const close = () => {
    abort.current?.abort()
    onClose()
  }
  const count = (current?.request ? total : undefined) ?? view.query?.rowCount
  const keep = (answer: Answer) => {
    save(fileOf(answer.columns, answer.rows, format, zone), `search-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`, FORMATS[format].type)
    toast(`Saved ${shareText(answer, current?.request ? total : undefined)}`)
    onClose()
  }
  const write = async () => {
    if (!current || isWriting) return
    if (partial) return keep(partial)
    const control = (abort.current = new AbortController())
    setError(undefined)
    setIsWriting(true)
    try {
      const answer = await ask(wholeSql(current), 'rows', control.signal)
      // The limit of rows is foretold below where the count is known; that of bytes nobody can know before.
      const isForetold = answer.cutBy === 'rows' && count !== undefined && count > ROWS_MAX
      if (answer.cutBy === undefined || isForetold) keep(answer)
      else setPartial(answer)
    } catch (caught) {
      if (!control.signal.aborted) setError(caught)
    }
    setIsWriting(false)
  }
  const isUtc = zoneName(zone) === 'UTC'
  const cutBefore = !current?.request && view.query ? cutOf(view.query) : undefined
  return (
    <Dialog title={`Export as ${FORMATS[format].label}`} isOpen onClose={close}>
      {error !== undefined && <ProblemView error={error} isFocused onRetry={() => void write()} />}
      <div role="status">
        {partial ? (
          <p>
            {sentence(shareText(partial, current?.request ? total : undefined))} {HOW_TO_GET_ALL}
          </p>
        ) : cutBefore ? (
          <p>
            The server keeps {formatCounted(view.query?.rowCount ?? 0, 'row')} of this statement: {cutText(cutBefore)}. {HOW_TO_GET_ALL}
          </p>
        ) : (
          <p>
            {count === undefined ? 'Everything that the search finds' : count > ROWS_MAX ? `The first ${formatCounted(ROWS_MAX, 'row')}` : `${formatCounted(count, 'row')}: everything that the search finds`}, not only what is loaded.
            {count !== undefined && count > ROWS_MAX && ` It finds ${formatCount(count)}. ${HOW_TO_GET_ALL}`}
          </p>
        )}
      </div>
      <p>
        Times are in {isUtc ? 'UTC' : zoneName(zone)}, as on this page, and each carries its offset.
        {!isUtc && ' An export by the API or by cURL is in UTC.'}
      </p>
      <div className="form-actions">
        <Button kind="primary" isBusy={isWriting} onClick={() => void write()}>
          {partial ? `Save these ${formatCounted(partial.rows.length, 'row')}` : 'Save the file'}
        </Button>
        <Button kind="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
    </Dialog>
  )
}

const HOW_TO_GET_ALL = 'Narrow the time or take fewer columns, and export the rest by itself.'

/** How many rows these are, and of how many. */
function shareText({ rows, cutBy }: Answer, total: number | undefined): string {
  if (cutBy === undefined) return formatCounted(rows.length, 'row')
  return `${formatCount(rows.length)} of ${total === undefined ? 'more' : formatCount(total)} rows: ${cutText(cutBy)}`
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
