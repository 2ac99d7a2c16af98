import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** What to show where there is nothing: what is the matter, and what to do next. */
export function EmptyState({
  icon: Icon,
  title,
  text,
  children,
}: {
  icon: LucideIcon
  title: string
  text?: string
  children?: ReactNode
}) {
  return (
    <div className="m-auto flex max-w-sm flex-col items-center gap-3 p-8 text-center">
      <span className="rounded-2xl bg-accent-soft p-3 text-link">
        <Icon aria-hidden size={26} />
      </span>
      <h2 className="text-lg font-semibold text-balance wrap-anywhere">{title}</h2>
      {text && <p className="text-sm text-balance text-muted">{text}</p>}
      {children}
    </div>
  )
}
