import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type RefObject,
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'

import { cannotGoDown, isNearEnd, NEAR_END, sizeOf, whenStill } from './scroll-anchor'
import type { Timeline } from './timeline'

/** Above the first row and below the last, in pixels. */
const PADDING_START = 72
const PADDING_END = 16
/** A message of one line, until it is measured. */
const ROW_HEIGHT = 40

/** Where in the log one is: not known before it was drawn, nor on the way to the first new message. */
export type Place = 'opening' | 'heading' | 'end' | 'away'

/**
 * Draws the rows that are in sight, and keeps what one reads where it is: at the end new messages push it up, elsewhere
 * what is in sight stays in its place whatever is added or grows above it. It opens at the first new message, or at the
 * end. A new value of `jumps` goes to the end.
 */
export function useScrollKeeper(timeline: Timeline, jumps: number) {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const last = useRef({ top: 0, size: '' })
  const [place, setPlace] = useState<Place>(timeline.firstNew === null ? 'opening' : 'heading')
  const latest = useRef<Place>(place)
  const followsEnd = place === 'opening' || place === 'end'

  const rows = useVirtualizer({
    count: timeline.count,
    getItemKey: timeline.keyAt,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    measureElement: heightOf,
    overscan: 10,
    paddingStart: PADDING_START,
    paddingEnd: PADDING_END,
    scrollPaddingStart: PADDING_START,
    anchorTo: 'end',
    followOnAppend: followsEnd,
    scrollEndThreshold: followsEnd ? NEAR_END : -1,
  })
  const firstDrawn = timeline.count > 0 ? (timeline.itemAt(0).seq ?? null) : null
  const settledSeq = useSettled(firstDrawn)
  rows.shouldAdjustScrollPositionOnItemSizeChange = ({ index, start }) => {
    // Of the row at the upper edge the end stays in its place: that is the part in sight.
    if (start <= (rows.scrollOffset ?? 0)) return true
    // Rows that have just come before the first may be in sight at once: it stays where it is.
    const { seq } = timeline.itemAt(index)
    return seq !== undefined && settledSeq.current !== null && seq < settledSeq.current
  }

  /** Remembers whether one is at the end; on every scroll. */
  const keep = useCallback(() => {
    if (!box.current) return
    const { scrollTop } = box.current
    const size = sizeOf(box.current)
    // Who moves up, be it a little, is on the way somewhere: a new message must not pull them back.
    const movesUp = size === last.current.size && scrollTop < last.current.top
    last.current = { top: scrollTop, size }
    if (latest.current === 'heading') return
    latest.current = isNearEnd(box.current) && !movesUp ? 'end' : 'away'
    setPlace(latest.current)
  }, [])

  const toEnd = useCallback(() => rows.scrollToEnd(), [rows])
  // Who goes somewhere else wants that place to be kept, not the one where rows have just come.
  const settle = () => (settledSeq.current = firstDrawn)
  const toStart = () => {
    settle()
    rows.scrollToOffset(0)
  }
  const toFirstNew = () => {
    settle()
    if (timeline.firstNew === null || !box.current) return
    latest.current = 'heading'
    setPlace('heading')
    rows.scrollToIndex(timeline.firstNew, { align: 'start' })
    // Rows there are measured as they come: until then it may look like the end.
    whenStill(box.current, () => {
      latest.current = 'opening'
      keep()
    })
  }

  const jump = useEffectEvent(() => {
    if (jumps === 0 && timeline.firstNew !== null) toFirstNew()
    else toEnd()
  })
  useLayoutEffect(() => jump(), [jumps])

  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver((entries) => {
      // A keyboard on the screen or a longer draft leaves less room: the end goes on being in sight.
      const isResized = entries.some(({ target }) => target === element)
      if (isResized && latest.current === 'end') toEnd()
      // What shrinks may bring the end into sight without a scroll; and on opening there may be none.
      if (latest.current === 'opening' || cannotGoDown(element)) keep()
      last.current = { top: element.scrollTop, size: sizeOf(element) }
    })
    observer.observe(element)
    if (content.current) observer.observe(content.current)
    element.addEventListener('scroll', keep, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', keep)
    }
  }, [keep, toEnd])

  return { box, content, rows, place, end: toEnd, start: toStart, firstNew: toFirstNew }
}

/** The value of two frames ago: by then its rows are measured. */
function useSettled<T>(value: T): RefObject<T> {
  const settled = useRef(value)
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => (settled.current = value))
    })
    return () => cancelAnimationFrame(frame)
  }, [value])
  return settled
}

/** To the fraction: rows stand one below the other, and what is rounded away would add up. */
function heightOf(row: Element, entry: ResizeObserverEntry | undefined): number {
  return entry?.borderBoxSize[0]?.blockSize ?? row.getBoundingClientRect().height
}
