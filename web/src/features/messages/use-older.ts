import { type RefObject, useState } from 'react'

import { useScroll } from './use-scroll'

/** How near the top earlier messages are asked for, in pixels. */
const NEAR_TOP = 800

/** Loads earlier messages as one nears the top; true while it does. */
export function useOlder(
  box: RefObject<HTMLElement | null>,
  version: string,
  hasOlder: boolean,
  load: () => Promise<void>,
): boolean {
  const [isLoading, setLoading] = useState(false)
  useScroll(box, `${version} ${isLoading}`, () => {
    if (!hasOlder || isLoading || (box.current?.scrollTop ?? 0) > NEAR_TOP) return
    setLoading(true)
    // After a failure the next scroll tries again; the banner says that the connection is lost.
    load().then(
      () => setLoading(false),
      () => setTimeout(() => setLoading(false), 2000),
    )
  })
  return isLoading
}
