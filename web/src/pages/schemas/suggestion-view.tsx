import { Clock, Fingerprint } from 'lucide-react'
import type { ReactNode } from 'react'
import type { SchemaField, Suggestion } from '../../api/schema'
import { formatCount, formatCounted, sentence } from '../../format'
import { Banner } from '../../ui/banner'
import { Facts } from '../../ui/facts'
import { type Guesses, guessesOf, lineOfField } from './guesses'

interface SuggestionViewProps {
  suggestion: Suggestion
  /** The fields of its text. */
  fields: readonly SchemaField[]
  onGo: (line: number, column: number) => void
}

/** What was guessed, so that a person can confirm it or change it in the text. */
export function SuggestionView({ suggestion, fields, onGo }: SuggestionViewProps) {
  const { sampleCount, refused, refusals, notes, isCut, yaml } = suggestion
  const guesses = guessesOf(fields)
  const link = (field: SchemaField, more?: string) => {
    const line = lineOfField(yaml, field.path)
    return (
      <li key={field.path}>
        {line === undefined ? (
          <code>{field.path}</code>
        ) : (
          <button type="button" className="link" onClick={() => onGo(line, 1)}>
            <code>{field.path}</code>
          </button>
        )}
        {more && <span className="quiet"> {more}</span>}
      </li>
    )
  }
  return (
    <>
      <p role="status">
        Made of {formatCounted(sampleCount, 'record')}
        {isCut && ', the first ones: the rest was not looked at'}. These are guesses: confirm them, or change them in the text.
      </p>
      {fields.length > 0 && <GuessFacts guesses={guesses} link={link} />}
      {refused > 0 && (
        <Banner tone="warn">
          <p>{formatCounted(refused, 'record')} could not be used.</p>
          <ul>
            {refusals.map(({ line, problem }) => (
              <li key={line}>
                Line {formatCount(line)}: {sentence(problem)}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {notes.length > 0 && (
        <details className="disclosure" open>
          <summary>{formatCounted(notes.length, 'decision')}, with reasons</summary>
          <ul className="problem-list">
            {notes.map(({ path, text }, index) => (
              <li key={index}>
                <span>
                  {path && <code>{path}</code>} {text}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function GuessFacts({ guesses, link }: { guesses: Guesses; link: (field: SchemaField, more?: string) => ReactNode }) {
  const { eventTimes, otherTimes, withIndicators, required } = guesses
  return (
    <Facts
      items={[
        [
          'Time of the event',
          eventTimes.length > 0 ? (
            <ul className="guess-list">
              {eventTimes.map((field, index) => link(field, index === 0 ? undefined : 'if the one before is missing'))}
            </ul>
          ) : (
            <span className="tone-warn">
              <Clock size={14} aria-hidden="true" /> None found: events have the time when they were pulled
            </span>
          ),
        ],
        ['Other times', otherTimes.length > 0 ? <ul className="guess-list">{otherTimes.map((field) => link(field))}</ul> : undefined],
        [
          'Indicators',
          withIndicators.length > 0 ? (
            <ul className="guess-list">{withIndicators.map((field) => link(field, field.indicators.join(', ')))}</ul>
          ) : (
            <span className="quiet">
              <Fingerprint size={14} aria-hidden="true" /> None found
            </span>
          ),
        ],
        ['Required', `${formatCounted(required, 'field')}, since every sample has them`],
      ]}
    />
  )
}
