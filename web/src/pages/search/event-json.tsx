import { ChevronDown, ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import { eventTree, indicatorsOf, placeOf } from '../../search/event'
import { scalarText, writeJson } from '../../json'
import { type TreeLine, foldable, pathKey, pathText, treeLines } from '../../search/json-tree'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy'
import { TextInput } from '../../ui/input'
import type { WholeEvent } from './use-whole-event'
import { ValueButton } from './value-button'

/** More lines than this are too many for a document; a search or folding shows the rest. */
const LINES_MAX = 600

/** The event as it is nested, with every digit. */
export function EventJson({ whole }: { whole: WholeEvent }) {
  const { columns, row } = whole
  const tree = useMemo(() => eventTree(columns, row), [columns, row])
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const [text, setText] = useState('')
  const [hasNulls, setHasNulls] = useState(false)
  const all = treeLines(tree, { folded, whole: unfolded }, text)
  const lines = hasNulls ? all : all.filter(({ value }) => value.kind !== 'null')
  const toggle = (key: string) => {
    const next = new Set(folded)
    if (!next.delete(key)) next.add(key)
    setFolded(next)
  }
  return (
    <div className="json">
      <div className="toolbar">
        <TextInput type="search" aria-label="Search in this event" placeholder="Search in this event" value={text} onChange={setText} />
        <Button size="small" kind="quiet" onClick={() => setFolded(folded.size > 0 ? new Set() : new Set(foldable(tree)))}>
          {folded.size > 0 ? 'Unfold all' : 'Fold all'}
        </Button>
        <Button size="small" kind="quiet" aria-pressed={hasNulls} onClick={() => setHasNulls(!hasNulls)}>
          Nulls
        </Button>
        <CopyButton text={writeJson(tree)} what="event as JSON" />
      </div>
      <p className="meta" role="status">
        {text !== '' && lines.length === 0 ? `Nothing in this event is like “${text}”.` : ''}
      </p>
      <ul className="json-lines">
        {lines.slice(0, LINES_MAX).map((line) =>
          line.hiddenCount === undefined ? (
            <JsonLine
              key={pathKey(line.path)}
              line={line}
              whole={whole}
              path={pathText(line.path, tree)}
              onToggle={() => toggle(pathKey(line.path))}
            />
          ) : (
            <li key={`${pathKey(line.path)}-more`} className="json-line" data-depth={Math.min(line.depth, 8)}>
              <Button size="small" kind="quiet" onClick={() => setUnfolded(new Set([...unfolded, pathKey(line.path)]))}>
                {line.hiddenCount} more
              </Button>
            </li>
          ),
        )}
      </ul>
      {lines.length > LINES_MAX && <p className="meta">{lines.length - LINES_MAX} lines more: search, or copy it as JSON.</p>}
    </div>
  )
}

interface JsonLineProps {
  line: TreeLine
  whole: WholeEvent
  path: string
  onToggle: () => void
}

function JsonLine({ line, whole, path, onToggle }: JsonLineProps) {
  const { columns, row } = whole
  const { value, partCount, isFolded, holder } = line
  const key = line.path.at(-1) ?? ''
  const { field, isItem } = placeOf(columns, line.path, holder)
  const text = scalarText(value)
  const isEmpty = partCount === 0
  return (
    <li className="json-line" data-depth={Math.min(line.depth, 8)}>
      {partCount !== undefined && !isEmpty ? (
        <button type="button" className="json-fold" aria-expanded={!isFolded} aria-label={`${path}, ${partCount} parts`} onClick={onToggle}>
          {isFolded ? <ChevronRight size={12} aria-hidden="true" /> : <ChevronDown size={12} aria-hidden="true" />}
          <span className="json-key">{key}</span>
          <span className="meta">{value.kind === 'array' ? `[${partCount}]` : `{${partCount}}`}</span>
        </button>
      ) : (
        <>
          <span className="json-key">{key}</span>
          <ValueButton
            className={`mono json-${value.kind}`}
            target={{
              field: isItem && holder.kind !== 'array' ? undefined : field,
              value: text ?? '',
              isNull: value.kind === 'null',
              isStructure: isEmpty,
              ...(text !== undefined && { indicators: indicatorsOf(columns, row, text) }),
            }}
            text={value.kind === 'string' ? value.value : (text ?? (value.kind === 'array' ? '[]' : '{}'))}
          />
        </>
      )}
      <CopyButton text={path} what={`path ${path}`} />
    </li>
  )
}
