import type { ReactNode } from 'react'

import { loadChunk } from '@/lib/load-chunk'
import { Observable } from '@/lib/observable'

/** What renders Markdown, once it is here: from then on nothing is shown in two steps. */
export const renderer = new Observable<((text: string) => ReactNode) | null>(null)

let loading: Promise<void> | null = null

export function loadMarkdown(): Promise<void> {
  loading ??= loadChunk(() => import('./markdown')).then(
    ({ renderMarkdown }) => renderer.set(renderMarkdown),
    () => {
      // Without it text is shown as it was typed; the next message asks again.
      loading = null
    },
  )
  return loading
}

const PATIENCE_MS = 3000

/** Before the first message needs it, but after what the room needs itself. */
export function loadMarkdownLater(): () => void {
  const timer = setTimeout(() => void loadMarkdown(), PATIENCE_MS)
  return () => clearTimeout(timer)
}
