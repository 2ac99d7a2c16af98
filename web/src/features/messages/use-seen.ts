import { type RefObject, useEffect, useEffectEvent } from 'react'

import { seqsInSight } from './scroll-anchor'
import { useScroll } from './use-scroll'

/** Reports what has come into sight, while somebody is there to see it. */
export function useSeen(
  box: RefObject<HTMLElement | null>,
  version: string,
  onSeen: (seq: number) => void,
): void {
  const report = () => {
    if (!box.current || document.visibilityState === 'hidden' || !document.hasFocus()) return
    const { last } = seqsInSight(box.current)
    if (last !== null) onSeen(last)
  }
  useScroll(box, version, report)
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
}
