import type { ReactNode } from 'react'

/** Something worth knowing, said politely. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="rounded-lg bg-accent-soft px-3 py-2.5 text-sm text-ink">
      {children}
    </div>
  )
}
