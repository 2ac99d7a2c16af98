import { useEffect, useEffectEvent, useState } from 'react'

import type { RoomSummary } from '@/api/types'

/** Above which `seq` messages are new: set on entering the room, and again whenever one looks away. */
export function useNewLine(room: RoomSummary): number | null {
  const [newAfter, setNewAfter] = useState<number | null>(room.unread > 0 ? room.lastReadSeq : null)
  const lookAway = useEffectEvent(() => {
    if (document.visibilityState === 'hidden') setNewAfter(room.lastSeq)
  })
  useEffect(() => {
    const listener = () => lookAway()
    document.addEventListener('visibilitychange', listener)
    return () => document.removeEventListener('visibilitychange', listener)
  }, [])
  return newAfter
}
