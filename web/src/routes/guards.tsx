import type { ComponentType } from 'react'
import { Navigate, Outlet, useLocation } from 'react-router'

import { session } from '@/api/session'
import type { Account } from '@/api/types'
import { useObservable } from '@/lib/use-observable'

import { Starting } from './starting'

interface CameFrom {
  from?: string
}

/** For those who are not signed in; the others go where they wanted to go. */
export function Guests() {
  const state = useObservable(session.state)
  const location = useLocation()
  if (state.status === 'starting') return <Starting unreachable={state.unreachable} />
  if (state.status === 'anonymous') return <Outlet />
  const { from = '/' } = (location.state ?? {}) as CameFrom
  return <Navigate to={from} replace />
}

/** For those who are signed in; the others log in first. A change of user starts everything afresh. */
export function Members({ page: Page }: { page: ComponentType<{ user: Account }> }) {
  const state = useObservable(session.state)
  const location = useLocation()
  if (state.status === 'starting') return <Starting unreachable={state.unreachable} />
  if (state.status === 'signedIn') return <Page key={state.user.id} user={state.user} />
  // Who logged out by choice does not expect to come back to the same room as somebody else.
  const from = state.because === 'loggedOut' ? '/' : location.pathname
  return <Navigate to="/login" state={{ from } satisfies CameFrom} replace />
}
