import { useParams } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { trySchema } from '../../api/schema'
import { useAction } from '../../api/use-action'
import { Button } from '../../ui/button'
import { ProblemView } from '../../ui/problem-view'
import { NO_SAMPLES, type SampleSet, sampleProblem, streamTypeOf } from './samples'
import { type SamplesHandle, SamplesPane } from './samples-pane'
import { TrialView } from './trial-view'

/** Tries the schema that is in force on samples. */
export function TestTab() {
  const { name } = useParams({ from: '/frame/data/schemas/$name' })
  const [samples, setSamples] = useState<SampleSet>(NO_SAMPLES)
  const [error, setError] = useState<string>()
  const pane = useRef<SamplesHandle>(null)
  const { text } = samples
  const testing = useAction(async () => ({ trial: await trySchema({ name }, { text, streamType: streamTypeOf(samples) }), text }), { changes: [] })
  const test = () => {
    const problem = sampleProblem(samples, 'test')
    setError(problem)
    if (problem) pane.current?.focus()
    else testing.mutate()
  }
  const change = (next: SampleSet) => {
    setError(undefined)
    setSamples(next)
  }
  return (
    <div className="schema-panes">
      <SamplesPane handle={pane} samples={samples} onChange={change} error={error}>
        <Button kind="primary" onClick={test} isBusy={testing.isPending}>
          Test
        </Button>
      </SamplesPane>
      {(testing.isError || testing.data) && (
        <section className="card" aria-labelledby="result-title">
          <h2 id="result-title">Result</h2>
          {testing.isError && <ProblemView error={testing.error} isFocused />}
          {testing.data && <TrialView trial={testing.data.trial} isStale={testing.data.text !== text} onGo={(line) => pane.current?.goTo(line)} />}
        </section>
      )}
    </div>
  )
}
