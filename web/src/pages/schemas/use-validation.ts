import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Validation, validationQuery } from '../../api/schema'
import { useSettled } from '../../ui/use-settled'

/** So long after the last letter the text is looked at. */
const PAUSE_MS = 600
/** A text that is being begun has nothing but faults: it is looked at when it has fields. */
const HAS_FIELDS = /^fields:/m

interface Validating {
  /** Of the text, or of the one before while it is being looked at. */
  validation: Validation | undefined
  /** Whether it is of the text as it is now. */
  isCurrent: boolean
  error: unknown
  /** Has the text looked at now. */
  check: () => Promise<Validation>
}

/** What is wrong with a text that is being written. */
export function useValidation(yaml: string, isLenient: boolean): Validating {
  const client = useQueryClient()
  const looked = useSettled(yaml, PAUSE_MS)
  const query = useQuery({ ...validationQuery(looked, isLenient), enabled: HAS_FIELDS.test(looked), placeholderData: keepPreviousData })
  const isEmpty = yaml.trim() === ''
  return {
    validation: isEmpty ? undefined : query.data,
    isCurrent: looked === yaml && query.isSuccess && !query.isPlaceholderData,
    error: query.error,
    // What was found before may be outdated: somebody else may have saved.
    check: () => client.fetchQuery({ ...validationQuery(yaml, isLenient), staleTime: 0 }),
  }
}
