import { ALargeSmall, Eye, SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'

import { useTexts } from '@/i18n/language'
import { isComposing } from '@/lib/keys'
import { localStore } from '@/lib/storage'
import { CONTENT_MAX, scalarCount } from '@/lib/text'
import { useMe } from '@/realtime/live-context'
import { IconButton } from '@/ui/icon-button'

import { EmojiButton } from '../emoji/emoji-button'
import { loadMarkdownLater } from '../markdown/load-markdown'
import { CharacterCount } from './character-count'
import { loadDraft, saveDraft } from '../drafts'
import { editText, insertText } from './edit-text'
import { type Format, format } from './format'
import { commandOf, shortcutText } from './format-keys'
import { FormatTools } from './format-tools'
import { Preview } from './preview'
import { useGrowing } from './use-growing'

interface Props {
  room: number
  title: string
  onSend: (content: string) => void
}

const TOOLS_KEY = 'composer.tools'

export function Composer({ room, title, onSend }: Props) {
  const t = useTexts()
  const me = useMe()
  const id = useId()
  const [text, setText] = useState(() => loadDraft(me.id, room))
  const [hasTools, setHasTools] = useState(() => localStore.get(TOOLS_KEY) === 'shown')
  const [isPreviewed, setPreviewed] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  useGrowing(area, text)
  useEffect(() => {
    // A touch keyboard that springs up on every room would be in the way.
    if (window.matchMedia('(pointer: fine)').matches) area.current?.focus()
  }, [])
  useEffect(loadMarkdownLater, [])

  const change = (next: string) => {
    setText(next)
    saveDraft(me.id, room, next)
  }
  // Halves of surrogate pairs cannot be sent: they are not text.
  const content = text.toWellFormed().trim()
  const count = scalarCount(content)
  const isTooLong = count > CONTENT_MAX
  const canSend = count > 0 && !isTooLong
  const send = () => {
    if (!canSend) return
    onSend(content)
    change('')
    area.current?.focus()
  }
  const apply = (kind: Format) => {
    const element = area.current
    if (!element) return
    const { value, selectionStart, selectionEnd } = element
    editText(element, format(kind, value, selectionStart, selectionEnd))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    const command = commandOf(event)
    if (command === 'preview') setPreviewed(!isPreviewed)
    else if (command) apply(command)
    else if (event.key === 'Enter' && !event.shiftKey) send()
    else return
    event.preventDefault()
  }
  const toggleTools = () => {
    setHasTools(!hasTools)
    localStore.set(TOOLS_KEY, hasTools ? null : 'shown')
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
      <div className="rounded-xl border border-edge bg-surface focus-within:border-link">
        {isPreviewed && <Preview content={content} />}
        <textarea
          ref={area}
          id={id}
          dir="auto"
          rows={1}
          value={text}
          placeholder={t.messages.placeholder(title)}
          aria-describedby={`${id}-hint ${id}-count`}
          aria-invalid={isTooLong || undefined}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          className="block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3.5 pt-3 pb-1.5 text-base outline-none placeholder:text-muted placeholder-shown:overflow-hidden placeholder-shown:whitespace-nowrap"
        />
        <div className="flex items-center gap-0.5 p-1">
          <IconButton
            icon={ALargeSmall}
            label={t.composer.formatting}
            aria-expanded={hasTools}
            onClick={toggleTools}
          />
          <div className="max-md:hidden">{hasTools && <FormatTools onFormat={apply} />}</div>
          <EmojiButton onChoose={(emoji) => area.current && insertText(area.current, emoji)} />
          <IconButton
            icon={Eye}
            label={t.composer.preview}
            title={`${t.composer.preview} (${shortcutText('preview')})`}
            aria-pressed={isPreviewed}
            onClick={() => setPreviewed(!isPreviewed)}
            className="mr-auto aria-pressed:bg-accent-soft aria-pressed:text-ink"
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
        <div className="px-1 pb-1 md:hidden">{hasTools && <FormatTools onFormat={apply} />}</div>
      </div>
      <div className="flex justify-between gap-4 px-1 pt-1 text-xs text-muted">
        <span id={`${id}-hint`} className="max-md:sr-only">
          {t.messages.hint}
        </span>
        <CharacterCount id={`${id}-count`} count={count} />
      </div>
    </form>
  )
}
