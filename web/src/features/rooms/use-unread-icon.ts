import { useEffect } from 'react'

import { useAllRooms } from '@/realtime/use-all-rooms'

import { unreadOf } from './unread'

const QUIET = '/favicon.svg'
const UNREAD = '/favicon-unread.svg'

/** The tab's icon, and the badge of the installed app, tell that there is something to read. */
export function useUnreadIcon(): void {
  const unread = unreadOf(useAllRooms())
  useEffect(() => {
    show(unread)
    return () => show(0)
  }, [unread])
}

function show(unread: number): void {
  document.querySelector('link[rel="icon"]')?.setAttribute('href', unread > 0 ? UNREAD : QUIET)
  // Typed as always there; few browsers have it, and it may be refused.
  const badge = navigator as Partial<Pick<Navigator, 'setAppBadge'>>
  badge.setAppBadge?.(unread).catch(() => undefined)
}
