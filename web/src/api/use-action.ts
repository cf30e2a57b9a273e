import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'

interface ActionOptions<A, T> {
  /** The lists and objects that look different afterwards. */
  changes: readonly QueryKey[]
  onDone?: (answer: T, argument: A) => void
}

/** Something that a person does and that changes what the server has. */
export function useAction<A = void, T = unknown>(act: (argument: A) => Promise<T>, { changes, onDone }: ActionOptions<A, T>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (answer, argument) => {
      for (const queryKey of changes) void client.invalidateQueries({ queryKey })
      onDone?.(answer, argument)
    },
  })
}
