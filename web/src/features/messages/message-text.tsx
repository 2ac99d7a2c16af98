import { useEffect } from 'react'

import { useObservable } from '@/lib/use-observable'
import { ErrorBoundary } from '@/ui/error-boundary'

import { isFewEmoji } from './emoji/few-emoji'
import { isTooMuch } from './markdown/limits'
import { loadMarkdown, renderer } from './markdown/load-markdown'
import { isPlain } from './markdown/plain'

/** What a message says, as everybody sees it: in the room and in the preview. */
export function MessageText({ text }: { text: string }) {
  const plain = <PlainText text={text} />
  return (
    <div className="message-text">
      {isPlain(text) || isTooMuch(text) ? (
        plain
      ) : (
        <ErrorBoundary key={text} fallback={plain}>
          <MarkdownText text={text} />
        </ErrorBoundary>
      )}
    </div>
  )
}

function MarkdownText({ text }: { text: string }) {
  const render = useObservable(renderer)
  useEffect(() => {
    void loadMarkdown()
  }, [])
  return render ? render(text) : <PlainText text={text} />
}

function PlainText({ text }: { text: string }) {
  return (
    <p dir="auto" className={isFewEmoji(text) ? 'text-3xl' : undefined}>
      {text}
    </p>
  )
}
