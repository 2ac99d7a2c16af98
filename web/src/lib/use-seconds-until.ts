import { useEffect, useState } from 'react'

/** How many seconds are left until a time as `Date.now()` counts, counting down to 0. */
export function useSecondsUntil(time: number): number {
  const [now, setNow] = useState(() => Date.now())
  const isOver = now >= time
  useEffect(() => {
    if (isOver) return
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [isOver, time])
  return Math.max(0, Math.ceil((time - now) / 1000))
}
