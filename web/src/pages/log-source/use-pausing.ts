import { type LogSource, pauseLogSource, resumeLogSource } from '../../api/log-source'
import { useAction } from '../../api/use-action'
import { toast } from '../../ui/toast'

/** Pauses a source, or resumes a paused one. */
export function usePausing(source: LogSource) {
  const isPaused = source.state === 'paused'
  return useAction(() => (isPaused ? resumeLogSource(source.id) : pauseLogSource(source.id)), {
    changes: [['log-sources']],
    onDone: () => toast(isPaused ? `${source.label} is polled again` : `${source.label} is paused`),
  })
}
