import { type RefObject, useLayoutEffect } from 'react'

/** A text area as high as its text; its own style limits it. */
export function useGrowing(area: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = area.current
    const frame = element?.parentElement
    if (!element || !frame) return
    // What it stands in stays as high meanwhile: else the log above would grow, and not be at its end afterwards.
    frame.style.height = `${frame.offsetHeight}px`
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
    frame.style.height = ''
  }, [area, text])
}
