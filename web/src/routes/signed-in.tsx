import { useState } from 'react'
import { Outlet } from 'react-router'

import type { Account } from '@/api/types'
import { createLive } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'

/** Holds what lives as long as one user is signed in. */
export function SignedIn({ user }: { user: Account }) {
  const [live] = useState(() => createLive(user))
  return (
    <LiveProvider live={live} me={user}>
      <Outlet />
    </LiveProvider>
  )
}
