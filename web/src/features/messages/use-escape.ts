import { useEffect, useEffectEvent } from 'react'

/** Escape that nothing in front of the page wants for itself. */
export function useEscape(run: () => void): void {
  const latest = useEffectEvent((event: KeyboardEvent) => {
    const isTaken = event.defaultPrevented || event.isComposing
    if (event.key === 'Escape' && !isTaken && !document.querySelector('dialog[open]')) run()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => latest(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
}
