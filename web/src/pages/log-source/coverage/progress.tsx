import { formatCount, formatCounted } from '../../../format'

interface ProgressProps {
  label: string
  done: number
  /** 0 while nobody knows. */
  total: number
  unit: string
}

/** How far something is, as a bar and in words. */
export function Progress({ label, done, total, unit }: ProgressProps) {
  return (
    <span className="progress">
      <progress aria-label={label} max={Math.max(total, 1)} {...(total > 0 && { value: done })} />
      <span className="nowrap">{total > 0 ? `${formatCount(done)} of ${formatCounted(total, unit)}` : 'Beginning'}</span>
    </span>
  )
}
