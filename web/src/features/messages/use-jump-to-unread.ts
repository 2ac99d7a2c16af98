import { useEffect, useEffectEvent, useState } from 'react'

import type { Timeline } from './timeline'

interface Options {
  timeline: Timeline
  load: (signal: AbortSignal) => Promise<void>
  onArrived: () => void
}

/** On the way to the first new message: loads until it is there; `stop` gives up. */
export function useJumpToUnread({ timeline, load, onArrived }: Options) {
  const [journey, setJourney] = useState<AbortController | null>(null)
  useEffect(() => () => journey?.abort(), [journey])

  const arrive = useEffectEvent(() => {
    if (!journey || (timeline.firstNew === null && timeline.firstNewSeq !== null)) return
    setJourney(null)
    onArrived()
  })
  useEffect(() => arrive(), [journey, timeline])

  const start = () => {
    const next = new AbortController()
    setJourney(next)
    // The banner says why: the connection is lost.
    load(next.signal).catch(() => setJourney((current) => (current === next ? null : current)))
  }
  const stop = () => setJourney(null)
  return { isOnTheWay: journey !== null, start, stop }
}
