import type { SchemaProblem } from '../../api/schema'
import { formatCounted } from '../../format'
import { ProblemView } from '../../ui/problem-view'
import { ChangeList } from './change-list'
import { ProblemList, countProblems } from './problem-list'
import type { useValidation } from './use-validation'

interface TextStateProps {
  validating: ReturnType<typeof useValidation>
  problems: readonly SchemaProblem[]
  onGo: (line: number, column: number) => void
}

/** How a text stands: what is wrong with it, and what it would change. */
export function TextState({ validating, problems, onGo }: TextStateProps) {
  const { validation, isCurrent, error } = validating
  const changes = validation?.changes ?? []
  const isRefused = changes.some(({ verdict }) => verdict === 'refused')
  return (
    <>
      <p id="yaml-state" className="meta" role="status">
        {stateOf(validation, problems, isRefused)}
        {validation && !isCurrent && ' (of a moment ago)'}
      </p>
      {Boolean(error) && <ProblemView error={error} onRetry={() => void validating.check()} />}
      {problems.length > 0 && <ProblemList problems={problems} onGo={onGo} />}
      {changes.length > 0 && (
        <section className="section" aria-labelledby="changes-title">
          <h3 id="changes-title">{isRefused ? 'Changes that cannot be made' : 'Changes'}</h3>
          <ChangeList changes={changes} />
        </section>
      )}
    </>
  )
}

function stateOf(validation: TextStateProps['validating']['validation'], problems: readonly SchemaProblem[], isRefused: boolean): string {
  if (problems.length > 0) return countProblems(problems)
  if (!validation) return 'Not looked at yet'
  if (isRefused) return 'In order, but not a change that can be made'
  return validation.isValid ? `In order: ${formatCounted(validation.fields.length, 'field')}` : 'Not in order'
}
