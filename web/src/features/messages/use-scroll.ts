import { type RefObject, useEffect, useEffectEvent } from 'react'

/** Runs on every scroll of the box, and after every change of `version`. */
export function useScroll(
  box: RefObject<HTMLElement | null>,
  version: string,
  run: () => void,
): void {
  const latest = useEffectEvent(run)
  useEffect(() => {
    const element = box.current
    const listener = () => latest()
    element?.addEventListener('scroll', listener, { passive: true })
    return () => element?.removeEventListener('scroll', listener)
  }, [box])
  useEffect(() => latest(), [version])
}
