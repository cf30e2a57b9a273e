import { CircleCheck, CircleX } from 'lucide-react'
import type { Trial } from '../../api/schema'
import { printExact } from '../../api/exact-json'
import { formatCount, formatCounted, sentence } from '../../format'
import { Badge } from '../../ui/badge'
import { Banner } from '../../ui/banner'
import { Table } from '../../ui/table'

interface TrialViewProps {
  trial: Trial
  /** Whether text or samples changed since. */
  isStale: boolean
  /** Leads to a line of the samples. */
  onGo: (line: number) => void
}

/** What a schema made of samples. */
export function TrialView({ trial, isStale, onGo }: TrialViewProps) {
  const { matched, unmatched, withUnmapped, problem, isCut, rejects, events } = trial
  return (
    <>
      <p className="trial-counts" role="status">
        <Badge tone={matched > 0 ? 'ok' : 'quiet'} icon={CircleCheck}>
          Matched {formatCount(matched)}
        </Badge>
        <Badge tone={unmatched > 0 ? 'danger' : 'quiet'} icon={CircleX}>
          Unmatched {formatCount(unmatched)}
        </Badge>
        {withUnmapped > 0 && <span className="quiet">{formatCounted(withUnmapped, 'record')} with something that no field takes: see p_unmapped</span>}
      </p>
      {isStale && <p className="quiet">This is of before: the text or the samples changed since.</p>}
      {problem && (
        <Banner tone="warn">
          <p>The samples could not be read to their end. {sentence(problem)}</p>
        </Banner>
      )}
      {isCut && <p className="quiet">Only the first of them were looked at: there are more than 20,000, or it took too long.</p>}
      {rejects.length > 0 && <Rejects rejects={rejects} unmatched={unmatched} onGo={onGo} />}
      {events.length > 0 && <Events events={events} matched={matched} />}
    </>
  )
}

function Rejects({ rejects, unmatched, onGo }: { rejects: Trial['rejects']; unmatched: number; onGo: (line: number) => void }) {
  return (
    <section className="section" aria-labelledby="rejects-title">
      <h3 id="rejects-title">Unmatched{shownOf(rejects.length, unmatched)}</h3>
      <Table
        label="Unmatched records"
        head={
          <>
            <th scope="col">Record</th>
            <th scope="col">Field</th>
            <th scope="col">Asked for</th>
            <th scope="col">Found</th>
          </>
        }
      >
        {rejects.flatMap(({ line, problems, problemsOmitted }) => [
          ...problems.map(({ path, expected, found }, index) => (
            <tr key={`${line} ${index}`}>
              <td className="nowrap">
                <button type="button" className="link" onClick={() => onGo(line)}>
                  Line {line}
                </button>
              </td>
              <td className="nowrap">{path ? <code>{path}</code> : <span className="quiet">the record</span>}</td>
              <td>{expected}</td>
              <td>{found}</td>
            </tr>
          )),
          problemsOmitted > 0 && (
            <tr key={`${line} more`}>
              <td />
              <td colSpan={3} className="quiet">
                {formatCounted(problemsOmitted, 'more reason')}
              </td>
            </tr>
          ),
        ])}
      </Table>
    </section>
  )
}

function Events({ events, matched }: { events: Trial['events']; matched: number }) {
  return (
    <section className="section" aria-labelledby="events-title">
      <h3 id="events-title">What becomes of them{shownOf(events.length, matched)}</h3>
      <div className="trial-events">
        {events.map(({ line, event }) => (
          <details key={line} className="disclosure">
            <summary>Line {line}</summary>
            <pre className="json">{printExact(event)}</pre>
          </details>
        ))}
      </div>
    </section>
  )
}

function shownOf(shown: number, all: number): string {
  return shown < all ? ` (the first ${formatCount(shown)})` : ''
}
