import { useEffect } from 'react'

import { useTexts } from '@/i18n/language'
import { toast } from '@/ui/toast-store'

/** Files cannot be sent: whoever pastes or drops one, wherever, is told so, and the browser does not leave the page for it. */
export function useFileRefusal(): void {
  const text = useTexts().composer.noFiles
  useEffect(() => {
    const stopping = new AbortController()
    const { signal } = stopping
    const refuse = (event: Event) => {
      event.preventDefault()
      toast(text)
    }
    // Where nobody says that files are welcome, the browser opens them in place of the page.
    const onDragOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    }
    const onDrop = (event: DragEvent) => {
      if (event.dataTransfer?.files.length) refuse(event)
    }
    const onPaste = (event: ClipboardEvent) => {
      const { files, types } = event.clipboardData ?? {}
      // Copied text may come with a picture of itself.
      if (files?.length && !types?.includes('text/plain')) refuse(event)
    }
    window.addEventListener('dragover', onDragOver, { signal })
    window.addEventListener('drop', onDrop, { signal })
    window.addEventListener('paste', onPaste, { signal })
    return () => stopping.abort()
  }, [text])
}
