import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type BannerTone = 'info' | 'ok' | 'warn' | 'danger'

const ICONS: Record<BannerTone, LucideIcon> = { info: Info, ok: CircleCheck, warn: TriangleAlert, danger: CircleAlert }

export function Banner({ tone, children }: { tone: BannerTone; children: ReactNode }) {
  const Icon = ICONS[tone]
  return (
    <div className="banner" data-tone={tone}>
      <Icon size={16} aria-hidden="true" />
      <div className="banner-body">{children}</div>
    </div>
  )
}
