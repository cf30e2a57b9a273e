import { type ReactNode, useEffect, useRef } from 'react'
import { type Problem, asProblem, problemAsText } from '../api/problem'
import { sentence } from '../format'
import { Banner } from './banner'
import { Button } from './button'
import { CopyButton } from './copy'
import { Facts } from './facts'
import { Prose } from './prose'
import { useErrorInTitle } from './title'

interface ProblemViewProps {
  error: unknown
  /** Offered if trying again makes sense. */
  onRetry?: (() => void) | undefined
  /** The focus goes there when it appears: the answer to a button that was pressed. */
  isFocused?: boolean
  children?: ReactNode
}

/** A request that failed: what happened, what to do, and the details for whoever helps. */
export function ProblemView({ error, onRetry, isFocused, children }: ProblemViewProps) {
  const problem = asProblem(error)
  useErrorInTitle(isFocused ?? false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isFocused) box.current?.focus()
  }, [isFocused, error])
  return (
    <div ref={box} role="alert" tabIndex={-1}>
      <Banner tone="danger">
        {problem.diagnosis ? <DiagnosisText problem={problem} /> : <PlainText problem={problem} />}
        {(children || onRetry) && (
          <div className="form-actions">
            {children}
            {onRetry && (
              <Button size="small" onClick={onRetry}>
                Try again
              </Button>
            )}
          </div>
        )}
        <Details problem={problem} />
      </Banner>
    </div>
  )
}

function PlainText({ problem }: { problem: Problem }) {
  return (
    <>
      <h2 className="banner-title">{problem.title}</h2>
      <p>
        <Prose text={sentence(problem.detail)} />
      </p>
      {problem.hint && (
        <p>
          <Prose text={sentence(problem.hint)} />
        </p>
      )}
    </>
  )
}

function DiagnosisText({ problem }: { problem: Problem }) {
  const { diagnosis } = problem
  if (!diagnosis) return null
  const isMany = diagnosis.causes.length > 1
  return (
    <>
      <h2 className="banner-title">{diagnosis.title}</h2>
      <p>
        <Prose text={sentence(diagnosis.summary)} />
      </p>
      {isMany && <p>It may be one of these, the likeliest first:</p>}
      <ol className="causes" data-many={isMany || undefined}>
        {diagnosis.causes.map((cause) => (
          <li key={cause.text}>
            <p>
              <Prose text={sentence(cause.text)} />
            </p>
            <p className="quiet">
              <Prose text={sentence(cause.whatToDo)} />
            </p>
          </li>
        ))}
      </ol>
    </>
  )
}

function Details({ problem }: { problem: Problem }) {
  const { diagnosis } = problem
  return (
    <details className="disclosure">
      <summary>{diagnosis ? 'What we saw' : 'Details'}</summary>
      <Facts
        items={[
          ['Asked', diagnosis && <code>{diagnosis.endpoint}</code>],
          ['Answered', diagnosis && (diagnosis.vendorStatus ? `HTTP ${diagnosis.vendorStatus}` : 'nothing')],
          ['Its own words', diagnosis?.vendorMessage],
          ['Its request id', diagnosis?.vendorRequestId && <code>{diagnosis.vendorRequestId}</code>],
          ['Code', <code key="code">{problem.code}</code>],
          ['Request id', problem.request_id && <code>{problem.request_id}</code>],
          ['Copy details', <CopyButton key="copy" text={problemAsText(problem)} what="details" />],
        ]}
      />
    </details>
  )
}
