import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { RequestError } from '../../api/problem'
import { type Schema, createSchema, replaceSchema } from '../../api/schema'
import { useAction } from '../../api/use-action'
import { useIdempotencyKey } from '../../idempotency'
import { toast } from '../../ui/toast'

interface Saved {
  yaml: string
  isLenient: boolean
  revision: number
}

/** Adds a schema, or gives one that is there another text; leads to it afterwards. */
export function useSaving(schema: Schema | undefined, forgetDraft: () => void) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { keyOf, forget: forgetKey } = useIdempotencyKey()
  return useAction(
    async ({ yaml, isLenient, revision }: Saved) => {
      try {
        return await (schema ? replaceSchema(schema.name, yaml, isLenient, revision) : createSchema(yaml, isLenient, keyOf({ yaml, isLenient })))
      } catch (error) {
        // Somebody may have been faster: what is there now shows it.
        if (schema && error instanceof RequestError && error.problem.status === 409) await client.invalidateQueries({ queryKey: ['schemas', schema.name] })
        throw error
      }
    },
    {
      changes: [['schemas'], ['tables'], ['schema-validation']],
      onDone: (saved) => {
        forgetKey()
        forgetDraft()
        client.setQueryData(['schemas', saved.name], saved)
        toast(schema ? `${saved.name} is saved` : `${saved.name} is added`)
        void navigate({ to: '/data/schemas/$name', params: { name: saved.name }, ignoreBlocker: true })
      },
    },
  )
}
