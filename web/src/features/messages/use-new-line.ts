import { useCallback, useEffect, useEffectEvent, useState } from 'react'

import type { RoomSummary } from '@/api/types'

interface NewLine {
  /** Above this `seq` messages are new; null when none are. */
  newAfter: number | null
  /** The first of them has not been in sight yet. */
  isUnseen: boolean
}

/** Where new messages begin: set on entering the room, and again whenever one looks away. */
export function useNewLine(room: RoomSummary): NewLine & { saw: () => void } {
  const [line, setLine] = useState<NewLine>({
    newAfter: room.unread > 0 ? room.lastReadSeq : null,
    isUnseen: room.unread > 0,
  })
  const lookAway = useEffectEvent(() => {
    if (document.visibilityState === 'hidden') {
      setLine({ newAfter: room.lastReadSeq, isUnseen: true })
    }
  })
  useEffect(() => {
    const listener = () => lookAway()
    document.addEventListener('visibilitychange', listener)
    return () => document.removeEventListener('visibilitychange', listener)
  }, [])
  const saw = useCallback(() => setLine((known) => ({ ...known, isUnseen: false })), [])
  return { ...line, saw }
}
