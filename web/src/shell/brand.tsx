import { Link } from '@tanstack/react-router'

export function Brand() {
  return (
    <Link to="/" className="brand">
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="var(--accent)" />
        <path d="M8 23V9l8 8 8-8v14" fill="none" stroke="var(--on-accent)" strokeWidth="3.2" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      Console
    </Link>
  )
}
