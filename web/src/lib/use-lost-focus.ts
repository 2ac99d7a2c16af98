import { type RefObject, useEffect, useRef } from 'react'

/** When what had the focus went with a change of `cause`, the element takes it: the keyboard goes on from there. */
export function useLostFocus(element: RefObject<HTMLElement | null>, cause: unknown): void {
  const last = useRef(cause)
  useEffect(() => {
    if (Object.is(last.current, cause)) return
    last.current = cause
    if (document.activeElement === document.body) element.current?.focus()
  }, [element, cause])
}
