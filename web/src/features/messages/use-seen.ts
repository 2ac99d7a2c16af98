import { type RefObject, useEffect, useEffectEvent, useState } from 'react'

import { seqsInSight } from './scroll-anchor'
import { useScroll } from './use-scroll'

interface Options {
  version: string
  /** Until this one was in sight nothing counts as seen; null when there is none, or it was. */
  firstUnread: number | null
  onSeen: (seq: number) => void
  onSawFirst: () => void
}

/**
 * Reports what has come into sight, while somebody is there to see it. True while the first unread message is further
 * up.
 */
export function useSeen(box: RefObject<HTMLElement | null>, options: Options): boolean {
  const { version, firstUnread, onSeen, onSawFirst } = options
  const [isFurtherUp, setFurtherUp] = useState(false)
  const report = () => {
    const { first, last } = box.current ? seqsInSight(box.current) : { first: null, last: null }
    if (first === null || last === null) return
    const isAbove = firstUnread !== null && firstUnread < first
    setFurtherUp(isAbove)
    if (isAbove || document.visibilityState === 'hidden' || !document.hasFocus()) return
    if (firstUnread !== null && firstUnread <= last) onSawFirst()
    onSeen(last)
  }
  useScroll(box, `${version} ${firstUnread}`, report)
  const latest = useEffectEvent(report)
  useEffect(() => {
    const listener = () => latest()
    window.addEventListener('focus', listener)
    document.addEventListener('visibilitychange', listener)
    return () => {
      window.removeEventListener('focus', listener)
      document.removeEventListener('visibilitychange', listener)
    }
  }, [])
  return isFurtherUp && firstUnread !== null
}
