import { useRef, useState } from 'react'
import { type Samples, type Trial, inferSchema, trySchema } from '../../api/schema'
import { useAction } from '../../api/use-action'
import { readHeader } from './header'
import { CUSTOM } from './header-fields'
import { NO_SAMPLES, type SampleSet, type Use, sampleProblem, streamTypeOf } from './samples'
import type { SamplesHandle } from './samples-pane'

/** A trial and what it was made with. */
interface Done {
  trial: Trial
  yaml: string
  text: string
}

interface SamplesOptions {
  yaml: string
  isLenient: boolean
  onSuggested: (yaml: string) => void
  /** The name that an inferred schema is to have is missing. */
  onNameless: () => void
}

/** Samples, and what is done with them while a schema is written. */
export function useSamples({ yaml, isLenient, onSuggested, onNameless }: SamplesOptions) {
  const [samples, setSamples] = useState<SampleSet>(NO_SAMPLES)
  const [error, setError] = useState<string>()
  const [isNameAsked, setIsNameAsked] = useState(false)
  const [isAsking, setIsAsking] = useState(false)
  const pane = useRef<SamplesHandle>(null)
  const sent = (): Samples => ({ text: samples.text, streamType: streamTypeOf(samples) })
  const [tried, setTried] = useState<Done>()
  const testing = useAction(async () => ({ trial: await trySchema({ yaml, isLenient }, sent()), yaml, text: samples.text }), { changes: [], onDone: setTried })
  const inferring = useAction((name: string) => inferSchema(name, sent()), {
    changes: [],
    onDone: (suggestion) => {
      setTried(suggestion.trial ? { trial: suggestion.trial, yaml: suggestion.yaml, text: samples.text } : undefined)
      onSuggested(suggestion.yaml)
    },
  })

  const isReady = (use: Use) => {
    const problem = sampleProblem(samples, use)
    setError(problem)
    if (problem) pane.current?.focus()
    return !problem
  }
  const test = () => {
    if (isReady('test')) testing.mutate()
  }
  const inferAnyway = () => {
    setIsAsking(false)
    inferring.mutate(readHeader(yaml, 'schema') ?? '')
  }
  const infer = () => {
    const isNamed = isNamedIn(yaml)
    setIsNameAsked(!isNamed)
    if (!isNamed) return onNameless()
    if (!isReady('infer')) return
    // Nothing but the header, or the last suggestion: nobody's work is lost.
    const isOwnWork = /^fields:/m.test(yaml) && yaml !== inferring.data?.yaml
    if (isOwnWork) setIsAsking(true)
    else inferAnyway()
  }
  return {
    samples,
    change: (next: SampleSet) => {
      setSamples(next)
      setError(undefined)
    },
    error,
    /** Whether the name is missing for what was asked for. */
    nameError: isNameAsked && !isNamedIn(yaml) ? 'Give it a name first, such as Portal.Login.' : undefined,
    pane,
    goTo: (line: number) => pane.current?.goTo(line),
    test,
    testing,
    tried,
    infer,
    inferring,
    suggestion: inferring.data,
    isAsking,
    stopAsking: () => setIsAsking(false),
    inferAnyway,
  }
}

function isNamedIn(yaml: string): boolean {
  const name = readHeader(yaml, 'schema') ?? ''
  return name.startsWith(CUSTOM) && name.length > CUSTOM.length
}
