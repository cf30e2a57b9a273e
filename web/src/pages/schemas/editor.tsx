// Where a schema is written: its text, samples, and what the one makes of the others.
import { useMemo, useRef, useState } from 'react'
import { RequestError } from '../../api/problem'
import type { Schema, SchemaChange, SchemaField, SchemaProblem } from '../../api/schema'
import { Banner } from '../../ui/banner'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/choice'
import { CodeEditor, type CodeEditorHandle, type CodeProblem } from '../../ui/code-editor'
import { ConfirmDialog } from '../../ui/dialog'
import { focusFirstInvalid } from '../../ui/field'
import { COMMAND_KEY } from '../../ui/key'
import { LeaveGuard } from '../../ui/leave-guard'
import { type Crumb, Page } from '../../ui/page'
import { ProblemView } from '../../ui/problem-view'
import { completeSchema } from './completion'
import { Conflict } from './conflict'
import { HeaderFields } from './header-fields'
import { SamplesPane } from './samples-pane'
import { SaveDialog } from './save-dialog'
import './schemas.css'
import { SuggestionView } from './suggestion-view'
import { TextState } from './text-state'
import { TrialView } from './trial-view'
import { useSamples } from './use-samples'
import { useSaving } from './use-saving'
import { useSchemaDraft } from './use-schema-draft'
import { useValidation } from './use-validation'

const LINES_MIN = 24
const NONE: readonly SchemaProblem[] = []

interface EditorProps {
  draftName: string
  title: string
  crumbs: readonly Crumb[]
  /** What is there, or what it begins with. */
  yaml: string
  /** Undefined for one that is new. */
  schema?: Schema
}

export function Editor({ draftName, title, crumbs, yaml: given, schema }: EditorProps) {
  const draft = useSchemaDraft(draftName, given, schema)
  const { yaml, isLenient } = draft
  const [isResumed] = useState(draft.isBegun && yaml !== given)
  const isDirty = draft.isBegun && yaml !== given
  const editor = useRef<CodeEditorHandle>(null)
  const go = (line: number, column: number) => editor.current?.goTo(line, column)

  const validating = useValidation(yaml, isLenient)
  const saving = useSaving(schema, draft.forget)
  const [asked, setAsked] = useState<SchemaChange[]>()
  const [isChecking, setIsChecking] = useState(false)
  const [checkError, setCheckError] = useState<unknown>()
  const refused = saving.variables?.yaml === yaml ? problemsOf(saving.error) : []
  const problems = refused.length > 0 ? refused : (validating.validation?.problems ?? NONE)
  const marks = useMemo(() => problems.flatMap(marked), [problems])

  const header = useRef<HTMLDivElement>(null)
  const samples = useSamples({
    yaml,
    isLenient,
    onSuggested: draft.write,
    onNameless: () => requestAnimationFrame(() => focusFirstInvalid(header.current)),
  })

  /** Has the text looked at; returns what was found if it is in order, and leads to what is wrong with it otherwise. */
  const check = async () => {
    setCheckError(undefined)
    setIsChecking(true)
    try {
      const found = await validating.check()
      if (found.isValid) return found
      const first = found.problems.find(({ severity, line }) => severity === 'error' && line > 0)
      if (first) go(first.line, first.column)
      else editor.current?.focus()
    } catch (error) {
      setCheckError(error)
    } finally {
      setIsChecking(false)
    }
    return undefined
  }
  const save = async () => {
    const found = await check()
    if (!found) return
    if (schema && schema.sources.length > 0) setAsked(found.changes)
    else saving.mutate({ yaml, isLenient, revision: draft.revision })
  }
  const submit = () => void (samples.samples.text.trim() === '' ? check() : samples.test())

  const isBehind = schema !== undefined && isDirty && draft.revision !== schema.revision
  const failed = checkError ?? (saving.isError && refused.length === 0 ? saving.error : undefined)
  return (
    <Page
      title={title}
      crumbs={crumbs}
      actions={
        <>
          <Button onClick={() => void check()} isBusy={isChecking}>
            Validate
          </Button>
          <Button onClick={samples.test} isBusy={samples.testing.isPending}>
            Test
          </Button>
          <Button kind="primary" onClick={() => void save()} isBusy={isChecking || saving.isPending}>
            Save
          </Button>
        </>
      }
    >
      <LeaveGuard isDirty={isDirty && !draft.isKept} />
      {failed !== undefined && !isBehind && <ProblemView error={failed} isFocused />}
      {isBehind && (
        <Conflict
          theirs={schema.yaml}
          mine={yaml}
          revision={schema.revision ?? 0}
          begunAt={draft.revision}
          onKeepMine={() => draft.rebase(schema.revision ?? 0)}
          onTakeTheirs={draft.forget}
        />
      )}
      {isDirty && <DraftNote isKept={draft.isKept} isResumed={isResumed} onDiscard={draft.forget} />}
      <HeaderFields box={header} yaml={yaml} onChange={draft.write} hasName={!schema} nameError={samples.nameError} />
      <div className="schema-panes">
        <section className="section" aria-labelledby="yaml-title">
          <div className="section-head">
            <h2 id="yaml-title">YAML</h2>
            <span className="meta">Ctrl Space completes, F8 goes to the next problem, Tab leaves the editor.</span>
          </div>
          <CodeEditor
            handle={editor}
            label="YAML of the schema"
            language="yaml"
            linesMin={LINES_MIN}
            value={yaml}
            onChange={draft.write}
            problems={marks}
            complete={completeSchema}
            onSubmit={submit}
            describedBy="yaml-state"
          />
          <TextState validating={validating} problems={problems} onGo={go} />
          <Checkbox label="Pass over keys that the language does not know" isChosen={isLenient} onChange={draft.setLenient} />
        </section>
        <div className="stack">
          <SamplesPane handle={samples.pane} samples={samples.samples} onChange={samples.change} error={samples.error}>
            <Button onClick={samples.infer} isBusy={samples.inferring.isPending}>
              Infer schema
            </Button>
          </SamplesPane>
          <Results samples={samples} yaml={yaml} fields={validating.validation?.fields ?? []} onGo={go} />
        </div>
      </div>
      {asked && schema && (
        <SaveDialog
          schema={schema}
          yaml={yaml}
          changes={asked}
          onClose={() => setAsked(undefined)}
          onSave={() => {
            setAsked(undefined)
            saving.mutate({ yaml, isLenient, revision: draft.revision })
          }}
        />
      )}
      <ConfirmDialog
        title="Replace the text?"
        action="Infer and replace"
        isOpen={samples.isAsking}
        isBusy={false}
        onClose={samples.stopAsking}
        onConfirm={samples.inferAnyway}
      >
        <p>The inferred schema takes the place of the text that is there. {COMMAND_KEY} Z in the editor brings it back.</p>
      </ConfirmDialog>
    </Page>
  )
}

function DraftNote({ isKept, isResumed, onDiscard }: { isKept: boolean; isResumed: boolean; onDiscard: () => void }) {
  if (!isKept) {
    return (
      <Banner tone="warn">
        <p>This draft is too large for the browser to keep: a reload loses it. Save it, or copy the text.</p>
      </Banner>
    )
  }
  if (!isResumed) return null
  return (
    <Banner tone="info">
      <p>This is your draft: you began it earlier in this tab, and it is not saved.</p>
      <Button size="small" onClick={onDiscard}>
        Discard draft
      </Button>
    </Banner>
  )
}

interface ResultsProps {
  samples: ReturnType<typeof useSamples>
  yaml: string
  /** Of the text. */
  fields: readonly SchemaField[]
  onGo: (line: number, column: number) => void
}

function Results({ samples, yaml, fields, onGo }: ResultsProps) {
  const { testing, inferring, tried, suggestion } = samples
  const isSuggested = suggestion !== undefined && suggestion.yaml === yaml
  if (!testing.isError && !inferring.isError && !tried && !isSuggested) return null
  return (
    <section className="card" aria-labelledby="result-title">
      <h2 id="result-title">Result</h2>
      {inferring.isError && <ProblemView error={inferring.error} isFocused />}
      {testing.isError && <ProblemView error={testing.error} isFocused />}
      {isSuggested && <SuggestionView suggestion={suggestion} fields={fields} onGo={onGo} />}
      {tried && <TrialView trial={tried.trial} isStale={tried.yaml !== yaml || tried.text !== samples.samples.text} onGo={samples.goTo} />}
    </section>
  )
}

/** What the server said of a text that it refused. */
function problemsOf(error: unknown): readonly SchemaProblem[] {
  return error instanceof RequestError ? (error.problem.errors ?? NONE) : NONE
}

/** Problems of the text as a whole stand in the list only. */
function marked({ line, column, message, hint, severity }: SchemaProblem): CodeProblem[] {
  if (line === 0) return []
  return [{ line, column, message: hint ? `${message}\n${hint}` : message, isWarning: severity === 'warning' }]
}
