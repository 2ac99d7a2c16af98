import { useState } from 'react'

import { useSecondsUntil } from '@/lib/use-seconds-until'

interface Props {
  /** As `Date.now()` counts. */
  until: number
  text: (seconds: number) => string
  /** When no second is left. */
  over: string
}

/** A text with the seconds that are left. A screen reader says it once: the seconds that pass are for the eye. */
export function Countdown({ until, text, over }: Props) {
  const left = useSecondsUntil(until)
  const [first] = useState(left)
  return (
    <>
      <span className="sr-only">{text(first)}</span>
      <span aria-hidden>{left > 0 ? text(left) : over}</span>
    </>
  )
}
