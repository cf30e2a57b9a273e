import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { asProblem } from '../api/problem'
import { sentence } from '../format'
import { Button } from './button'
import { ProblemView } from './problem-view'
import { Prose } from './prose'

interface EmptyStateProps {
  title: string
  children?: ReactNode
}

/** There is nothing to show: says why, and offers the one next step. */
export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** Stands where rows will be; appears only if they take a moment. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div className="stack skeleton-rows" aria-busy="true">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="skeleton" />
      ))}
    </div>
  )
}

/** What the person may not see, and which permission lets. */
export function DeniedState({ detail }: { detail: string }) {
  return (
    <EmptyState title="You may not see this">
      <p>
        <Prose text={sentence(detail)} />
      </p>
      <p className="quiet">Ask an administrator of this console for a role that has it. Settings, Roles, shows which ones do.</p>
    </EmptyState>
  )
}

/** What to show instead of what could not be loaded. */
export function FailedState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = asProblem(error)
  if (problem.code === 'permission_missing') return <DeniedState detail={problem.detail} />
  if (problem.status === 404) {
    return (
      <EmptyState title={problem.title}>
        <p>
          <Prose text={sentence(problem.detail)} />
        </p>
      </EmptyState>
    )
  }
  return <ProblemView error={error} onRetry={onRetry} />
}

interface LoadedProps<T> {
  query: UseQueryResult<T>
  rows?: number
  children: (data: T) => ReactNode
}

/** Shows what a query brought; keeps it, with the error above it, when a refresh fails. */
export function Loaded<T>({ query, rows, children }: LoadedProps<T>) {
  const retry = () => void query.refetch()
  if (query.data === undefined) {
    return query.isError ? <FailedState error={query.error} onRetry={retry} /> : <Skeleton {...(rows ? { rows } : {})} />
  }
  return (
    <>
      {query.isError && (
        <ProblemView error={query.error} onRetry={retry}>
          <p className="quiet">What is shown below is older.</p>
        </ProblemView>
      )}
      {children(query.data)}
    </>
  )
}

interface LoadMoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }
  count: number
}

/** The next page of a list, where there is one. */
export function LoadMore({ query, count }: LoadMoreProps) {
  if (!query.hasNextPage) return null
  return (
    <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      Load {count} more
    </Button>
  )
}
