import { QueryClient } from '@tanstack/react-query'
import { canPassByItself } from './problem'

/** A read is tried again so often when it may pass by itself. */
const RETRIES_MAX = 2

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < RETRIES_MAX && canPassByItself(error),
      staleTime: 5_000,
      // The server may be on this machine: being offline says nothing about reaching it.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})
