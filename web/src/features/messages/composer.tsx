import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'

import { useTexts } from '@/i18n/language'
import { CONTENT_MAX, scalarCount } from '@/lib/text'
import { useMe } from '@/realtime/live-context'

import { CharacterCount } from './character-count'
import { loadDraft, saveDraft } from './drafts'
import { useGrowing } from './use-growing'

interface Props {
  room: number
  title: string
  onSend: (content: string) => void
}

export function Composer({ room, title, onSend }: Props) {
  const t = useTexts()
  const me = useMe()
  const id = useId()
  const [text, setText] = useState(() => loadDraft(me.id, room))
  const area = useRef<HTMLTextAreaElement>(null)
  useGrowing(area, text)
  useEffect(() => {
    // A touch keyboard that springs up on every room would be in the way.
    if (window.matchMedia('(pointer: fine)').matches) area.current?.focus()
  }, [])

  const change = (next: string) => {
    setText(next)
    saveDraft(me.id, room, next)
  }
  // Halves of surrogate pairs cannot be sent: they are not text.
  const content = text.toWellFormed().trim()
  const count = scalarCount(content)
  const canSend = count > 0 && count <= CONTENT_MAX
  const send = () => {
    if (!canSend) return
    onSend(content)
    change('')
    area.current?.focus()
  }
  const sendOnEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="shrink-0 px-3 pb-3 md:px-5 md:pb-4"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <label htmlFor={id} className="sr-only">
        {t.messages.label(title)}
      </label>
      <div className="flex items-end gap-2 rounded-xl border border-edge bg-surface p-1.5 focus-within:border-link">
        <textarea
          ref={area}
          id={id}
          dir="auto"
          rows={1}
          value={text}
          placeholder={t.messages.placeholder(title)}
          aria-describedby={`${id}-hint`}
          aria-invalid={count > CONTENT_MAX || undefined}
          onChange={(event) => change(event.target.value)}
          onKeyDown={sendOnEnter}
          className="max-h-[40dvh] min-h-10 grow resize-none bg-transparent px-2.5 py-2 text-base outline-none placeholder:text-muted placeholder-shown:overflow-hidden placeholder-shown:whitespace-nowrap"
        />
        <button
          type="submit"
          disabled={!canSend}
          aria-label={t.messages.send}
          title={t.messages.send}
          className="inline-flex size-10 shrink-0 items-center justify-center rounded-lg bg-accent text-white transition-colors hover:bg-accent-strong disabled:bg-transparent disabled:text-muted"
        >
          <SendHorizontal aria-hidden size={18} />
        </button>
      </div>
      <div className="flex justify-between gap-4 px-1 pt-1 text-xs text-muted">
        <span id={`${id}-hint`} className="max-md:sr-only">
          {t.messages.hint}
        </span>
        <CharacterCount count={count} />
      </div>
    </form>
  )
}

const IN_COMPOSITION = 229

/** Enter that accepts a word from an input method is not meant for us. Safari has ended the composition by then. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other sign of it
function isComposing({ nativeEvent, keyCode }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || keyCode === IN_COMPOSITION
}
