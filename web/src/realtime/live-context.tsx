import { QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect } from 'react'

import type { Account } from '@/api/types'

import type { Live } from './live'

const MeContext = createContext<Account | null>(null)
const LiveContext = createContext<Live | null>(null)

interface Props {
  live: Live
  /** As they are called now; the id never changes. */
  me: Account
  children: ReactNode
}

export function LiveProvider({ live, me, children }: Props) {
  useEffect(() => live.start(), [live])
  return (
    <LiveContext value={live}>
      <MeContext value={me}>
        <QueryClientProvider client={live.queries}>{children}</QueryClientProvider>
      </MeContext>
    </LiveContext>
  )
}

export function useLive(): Live {
  const live = use(LiveContext)
  if (!live) throw new Error('useLive needs a LiveProvider')
  return live
}

export function useMe(): Account {
  const me = use(MeContext)
  if (!me) throw new Error('useMe needs a LiveProvider')
  return me
}
