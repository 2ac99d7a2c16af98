import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

import { type Anchor, anchorOf, isNearEnd, offsetOf, sizeOf } from './scroll-anchor'

/**
 * Keeps what one reads where it is: at the end new messages push it up, elsewhere the first visible message stays in
 * its place whatever is added or grows above it. A new value of `jumps` goes to the end.
 */
export function useScrollKeeper(jumps: number) {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const anchor = useRef<Anchor | null>(null)
  const last = useRef({ top: 0, size: '' })
  const [isAtEnd, setIsAtEnd] = useState(true)

  /** Remembers the place; on every scroll. */
  const keep = useCallback(() => {
    if (!box.current || !content.current) return
    const { scrollTop } = box.current
    // Who moves up, be it a little, is on the way somewhere: a new message must not pull them back.
    const movesUp = sizeOf(box.current) === last.current.size && scrollTop < last.current.top
    const atEnd = isNearEnd(box.current) && !movesUp
    anchor.current = atEnd ? null : anchorOf(box.current, content.current)
    last.current.top = scrollTop
    setIsAtEnd(atEnd)
  }, [])

  const restore = useCallback(() => {
    const element = box.current
    // Most renders change nothing here, and setting the place would stop a scroll that is under way.
    if (!element || sizeOf(element) === last.current.size) return
    const kept = anchor.current
    if (!kept) element.scrollTop = element.scrollHeight
    else if (kept.row.isConnected) element.scrollTop += offsetOf(element, kept.row) - kept.offset
    last.current = { top: element.scrollTop, size: sizeOf(element) }
  }, [])

  const toEnd = useCallback(() => {
    anchor.current = null
    box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [])

  useLayoutEffect(restore)
  useLayoutEffect(toEnd, [toEnd, jumps])

  useEffect(() => {
    const element = box.current
    const observer = new ResizeObserver(restore)
    if (element) observer.observe(element)
    if (content.current) observer.observe(content.current)
    element?.addEventListener('scroll', keep, { passive: true })
    return () => {
      observer.disconnect()
      element?.removeEventListener('scroll', keep)
    }
  }, [keep, restore])

  return { box, content, isAtEnd, toEnd }
}
