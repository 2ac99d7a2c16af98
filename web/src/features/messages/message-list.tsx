import { ArrowDown, MessagesSquare } from 'lucide-react'

import { useTexts } from '@/i18n/language'
import { EmptyState } from '@/ui/empty-state'

import { TimelineRow } from './timeline-row'
import type { TimelineItem } from './timeline'
import { useOlder } from './use-older'
import { useScrollKeeper } from './use-scroll-keeper'
import { useSeen } from './use-seen'

interface Props {
  title: string
  items: TimelineItem[]
  hasOlder: boolean
  lastSeq: number
  unread: number
  /** Rises with every message of one's own: it is shown wherever one was reading. */
  sent: number
  onLoadOlder: () => Promise<void>
  onSeen: (seq: number) => void
}

export function MessageList(props: Props) {
  const { title, items, hasOlder, lastSeq, unread, sent, onLoadOlder, onSeen } = props
  const t = useTexts()
  const { box, content, isAtEnd, toEnd } = useScrollKeeper(sent)
  const version = `${items[0]?.key} ${items.length} ${lastSeq}`
  const isLoading = useOlder(box, version, hasOlder, onLoadOlder)
  useSeen(box, version, onSeen)

  return (
    <div className="relative flex min-h-0 grow flex-col">
      {/* The region scrolls: it must be reachable by keyboard. */}
      <div
        ref={box}
        role="log"
        aria-live="polite"
        aria-label={t.messages.log(title)}
        aria-busy={isLoading}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="flex min-h-0 grow flex-col overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div
          ref={content}
          className={`flex flex-col pb-4 ${items.length > 0 ? 'mt-auto' : 'my-auto'}`}
        >
          <p className="px-5 py-6 text-center text-sm text-muted">
            {hasOlder ? t.messages.loadingOlder : items.length > 0 && t.messages.start(title)}
          </p>
          {items.map((item) => (
            <TimelineRow key={item.key} item={item} />
          ))}
          {items.length === 0 && (
            <EmptyState
              icon={MessagesSquare}
              title={t.messages.emptyTitle}
              text={t.messages.empty}
            />
          )}
        </div>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          onClick={() => {
            toEnd()
            box.current?.focus()
          }}
          className="absolute right-4 bottom-3 inline-flex min-h-10 items-center gap-2 rounded-full border border-line bg-raised px-4 text-sm font-medium shadow-raised hover:bg-hover"
        >
          <ArrowDown aria-hidden size={16} />
          {unread > 0 ? t.messages.jumpNew(unread) : t.messages.jump}
        </button>
      )}
    </div>
  )
}
