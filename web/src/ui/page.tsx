import { Link } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { useTitle } from './title'

export interface Crumb {
  label: string
  to?: ComponentProps<typeof Link>['to']
}

interface PageProps {
  title: string
  /** Beside the title: the state of what the page is about. */
  badge?: ReactNode
  crumbs?: readonly Crumb[]
  actions?: ReactNode
  /** The page is as high as the window, and its parts scroll. */
  isWindow?: boolean
  children: ReactNode
}

/** A page: where it is, what it is called, what can be done, and its content. */
export function Page({ title, badge, crumbs = [], actions, isWindow, children }: PageProps) {
  useTitle(title, crumbs.at(-1)?.label)
  return (
    <div className="page" data-window={isWindow || undefined}>
      <header className="page-head">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumb">
            <ol className="crumbs">
              {crumbs.map(({ label, to }) => (
                <li key={label}>{to ? <Link to={to}>{label}</Link> : label}</li>
              ))}
            </ol>
          </nav>
        )}
        <div className="page-title">
          <h1 tabIndex={-1}>{title}</h1>
          {badge}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
