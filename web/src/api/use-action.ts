import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'

interface ActionOptions<A, T> {
  /** The lists and objects that look different afterwards. */
  changes: readonly QueryKey[]
  onDone?: (answer: T, argument: A) => void
  /** The answer or the argument holds a secret: it is forgotten with the component. */
  isSecret?: boolean
}

interface DeletionOptions {
  /** What is deleted, and the list that it was in. */
  object: QueryKey
  list: QueryKey
  /** Leads away from the page of what is gone. */
  onDone: () => Promise<void>
}

/** Deletes something. Its page is left before anything asks for it again. */
export function useDeletion(remove: () => Promise<unknown>, { object, list, onDone }: DeletionOptions) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      await onDone()
      client.removeQueries({ queryKey: object })
      await client.invalidateQueries({ queryKey: list })
    },
  })
}

/** Something that a person does and that changes what the server has. */
export function useAction<A = void, T = unknown>(act: (argument: A) => Promise<T>, { changes, onDone, isSecret }: ActionOptions<A, T>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    ...(isSecret && { gcTime: 0 }),
    onSuccess: (answer, argument) => {
      for (const queryKey of changes) void client.invalidateQueries({ queryKey })
      onDone?.(answer, argument)
    },
  })
}
