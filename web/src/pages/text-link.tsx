import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'

/** Hands on where one wanted to go, so that one gets there by signing up too. */
export function TextLink({ to, children }: { to: string; children: ReactNode }) {
  const state: unknown = useLocation().state
  return (
    <Link
      to={to}
      state={state}
      className="font-medium text-link underline-offset-4 hover:underline"
    >
      {children}
    </Link>
  )
}
