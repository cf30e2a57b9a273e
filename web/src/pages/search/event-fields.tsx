import { useMemo } from 'react'
import { copiedText, instantText } from '../../search/cell'
import { type Entry, emptyFields, eventEntries, indicatorsOf } from '../../search/event'
import { isIndicator, isStandard } from '../../search/table'
import { useZone } from '../../time/use-zone'
import type { WholeEvent } from './use-whole-event'
import { ValueButton } from './value-button'

const GROUPS: ReadonlyArray<[string, (entry: Entry) => boolean]> = [
  ['Indicators', ({ field }) => isIndicator({ name: field })],
  ['Fields', ({ field }) => !isStandard({ name: field })],
  ['Standard', ({ field }) => isStandard({ name: field }) && !isIndicator({ name: field })],
]

/** Every value by its name; indicators come first. */
export function EventFields({ whole, isPartial }: { whole: WholeEvent; isPartial: boolean }) {
  const { columns, row } = whole
  const zone = useZone()
  const entries = useMemo(() => eventEntries(columns, row), [columns, row])
  const empty = useMemo(() => emptyFields(columns, row), [columns, row])
  return (
    <>
      {GROUPS.map(([label, belongs]) => {
        const members = entries.filter(belongs)
        if (members.length === 0) return null
        return (
          <div key={label} className="event-group">
            <h3>{label}</h3>
            <dl>
              {members.map((entry, index) => (
                <div key={index}>
                  <dt>{entry.field}</dt>
                  <dd>
                    <ValueButton
                      className="mono"
                      target={{
                        field: entry.field,
                        value: entry.text,
                        copied: entry.type === 'timestamp' ? copiedText(entry.text, 'timestamp', zone) : entry.text,
                        isStructure: entry.type === 'structure',
                        indicators: indicatorsOf(columns, row, entry.text),
                      }}
                      text={entry.type === 'timestamp' ? instantText(entry.text, zone) : entry.text}
                    />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        )
      })}
      <p className="meta">{isPartial ? 'Reading the rest of the event' : empty.length > 0 ? `Without a value: ${empty.join(', ')}` : ''}</p>
    </>
  )
}
