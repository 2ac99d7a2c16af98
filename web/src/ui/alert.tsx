import type { ReactNode } from 'react'

/** Something went wrong: said at once. */
export function Alert({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2.5 text-sm text-danger-ink">
      {children}
    </p>
  )
}
