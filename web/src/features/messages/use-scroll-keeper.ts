import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

import { type Anchor, anchorOf, isNearEnd, offsetOf } from './scroll-anchor'

/**
 * Keeps what one reads where it is: at the end new messages push it up, elsewhere the first visible row stays in its
 * place whatever is added or grows above it.
 */
export function useScrollKeeper() {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const anchor = useRef<Anchor | null>(null)
  const [isAtEnd, setIsAtEnd] = useState(true)

  /** Remembers the place; on every scroll. */
  const keep = useCallback(() => {
    if (!box.current || !content.current) return
    const atEnd = isNearEnd(box.current)
    anchor.current = atEnd ? null : anchorOf(box.current, content.current)
    setIsAtEnd(atEnd)
  }, [])

  const restore = useCallback(() => {
    const element = box.current
    if (!element) return
    const kept = anchor.current
    if (!kept) element.scrollTop = element.scrollHeight
    else if (kept.row.isConnected) element.scrollTop += offsetOf(element, kept.row) - kept.offset
  }, [])

  const toEnd = useCallback(() => {
    anchor.current = null
    restore()
    setIsAtEnd(true)
    box.current?.focus()
  }, [restore])

  useLayoutEffect(restore)

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
