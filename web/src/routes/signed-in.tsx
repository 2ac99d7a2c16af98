import { useState } from 'react'
import { Outlet, useLocation } from 'react-router'

import type { Account } from '@/api/types'
import { createLive } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'
import { Background } from '@/pages/background'
import { ErrorBoundary } from '@/ui/error-boundary'

/** Holds what lives as long as one user is signed in. */
export function SignedIn({ user }: { user: Account }) {
  const [live] = useState(() => createLive(user))
  const { pathname } = useLocation()
  // A page that fails takes neither the connection nor the other pages with it.
  const isProfile = pathname === '/profile'
  return (
    <LiveProvider live={live} me={user}>
      <Background />
      <ErrorBoundary key={isProfile ? 'profile' : 'chat'}>
        <Outlet />
      </ErrorBoundary>
    </LiveProvider>
  )
}
