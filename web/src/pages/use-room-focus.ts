import { type RefObject, useEffect, useRef } from 'react'

import { useMedia } from '@/lib/use-media'

/** In another room the composer takes the focus; where there is none, or a touch keyboard would spring up, the heading. */
export function useRoomFocus(
  heading: RefObject<HTMLElement | null>,
  roomId: string | undefined,
  status: string,
): void {
  const isFine = useMedia('(pointer: fine)')
  const place = `${roomId} ${status}`
  const last = useRef({ place, roomId })
  useEffect(() => {
    if (last.current.place === place) return
    const isElsewhere = last.current.roomId !== roomId
    last.current = { place, roomId }
    const isLost = document.activeElement === document.body
    if (isLost || (isElsewhere && !isFine)) heading.current?.focus()
  }, [heading, place, roomId, isFine])
}
