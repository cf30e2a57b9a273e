import { CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react'
import type { Health } from '../../api/log-source'
import { Prose } from '../../ui/prose'
import { Time } from '../../ui/time'
import { CheckResult, RunCheck, useCheck } from './run-check'

type Check = Health['checks'][number]

const NAMES: Record<string, string> = {
  reachable: 'Reachable',
  token: 'Token accepted',
  organization: 'Organization found',
  audit_log: 'Audit log readable',
  landing: 'Records land',
  schema: 'Schema usable',
}

/** What a check is called. */
export function checkName(name: string): string {
  return NAMES[name] ?? name
}

/** What was looked at, with when it last worked and when it last did not. */
export function Checks({ sourceId, checks }: { sourceId: string; checks: readonly Check[] }) {
  const checking = useCheck(sourceId)
  const failing = checks.filter((check) => !check.isHealthy).length
  const newest = checks.flatMap(({ lastSuccessAt, lastFailureAt }) => [lastSuccessAt, lastFailureAt]).filter((at) => at != null).sort().at(-1)
  return (
    <>
      <div className="section-head">
        <h2 id="checks-title">{headline(checks.length, failing)}</h2>
        {newest && (
          <span className="quiet">
            looked at <Time at={newest} />
          </span>
        )}
        <RunCheck checking={checking} />
      </div>
      <CheckResult checking={checking} />
      <ul className="checks">
        {checks.map((check) => (
          <li key={check.name}>
            <CheckIcon check={check} />
            <span>
              <strong>{checkName(check.name)}</strong>
              <br />
              <span className="quiet">
                <Prose text={check.message} />
              </span>
              {check.raw && (
                <details className="disclosure">
                  <summary>Its own words</summary>
                  <code>{check.raw}</code>
                </details>
              )}
            </span>
            <span className="checks-times">
              <span>
                worked <Time at={check.lastSuccessAt} none="never yet" />
              </span>
              <span>
                failed <Time at={check.lastFailureAt} none="never" />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function headline(count: number, failing: number): string {
  if (count === 0) return 'Nothing was looked at yet'
  return failing === 0 ? `All ${count} checks pass` : `${failing} of ${count} checks fail`
}

function CheckIcon({ check }: { check: Check }) {
  if (check.isHealthy) return <CircleCheck size={16} className="tone-ok" aria-label="passes" />
  if (!check.lastFailureAt) return <CircleHelp size={16} className="tone-quiet" aria-label="not known" />
  return <TriangleAlert size={16} className="tone-danger" aria-label="fails" />
}
