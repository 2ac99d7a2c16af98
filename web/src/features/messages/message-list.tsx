import { MessagesSquare } from 'lucide-react'
import type { KeyboardEvent } from 'react'

import { useTexts } from '@/i18n/language'
import { EmptyState } from '@/ui/empty-state'

import { JumpButton } from './jump-button'
import type { Timeline } from './timeline'
import { TimelineRow } from './timeline-row'
import { useOlder } from './use-older'
import { useScrollKeeper } from './use-scroll-keeper'
import { useSeen } from './use-seen'

interface Props {
  title: string
  timeline: Timeline
  hasOlder: boolean
  lastSeq: number
  unread: number
  /** Rises with every message of one's own: it is shown wherever one was reading. */
  sent: number
  onLoadOlder: () => Promise<void>
  onSeen: (seq: number) => void
}

export function MessageList(props: Props) {
  const { title, timeline, hasOlder, lastSeq, unread, sent, onLoadOlder, onSeen } = props
  const t = useTexts()
  const { box, content, rows, place, toEnd, toStart } = useScrollKeeper(timeline, sent)
  const version = `${timeline.count} ${lastSeq}`
  const isLoading = useOlder(box, version, hasOlder, onLoadOlder)
  useSeen(box, version, onSeen)

  const drawn = rows.getVirtualItems()
  const moveByKey = (event: KeyboardEvent) => {
    // Heights that are not measured yet would let the browser stop short of the end.
    if (event.target !== box.current || !['Home', 'End'].includes(event.key)) return
    event.preventDefault()
    if (event.key === 'Home') toStart()
    else toEnd()
  }
  return (
    <div className="relative flex min-h-0 grow flex-col">
      {/* The region scrolls: it must be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={box}
        role="log"
        // What scrolling brings into the page is not news.
        aria-live={place === 'end' ? 'polite' : 'off'}
        aria-label={t.messages.log(title)}
        aria-busy={isLoading}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={moveByKey}
        className="flex min-h-0 grow flex-col overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        {timeline.count === 0 ? (
          <div className="my-auto">
            <EmptyState
              icon={MessagesSquare}
              title={t.messages.emptyTitle}
              text={t.messages.empty}
            />
          </div>
        ) : (
          <div
            ref={content}
            className="relative mt-auto shrink-0"
            style={{ height: rows.getTotalSize() }}
          >
            <p className="px-5 py-6 text-center text-sm text-muted">
              {hasOlder ? t.messages.loadingOlder : t.messages.start(title)}
            </p>
            <div className="absolute inset-x-0" style={{ top: drawn[0]?.start }}>
              {drawn.map(({ key, index }) => (
                <TimelineRow
                  key={key}
                  ref={rows.measureElement}
                  index={index}
                  item={timeline.itemAt(index)}
                />
              ))}
            </div>
          </div>
        )}
      </div>
      {place === 'away' && (
        <JumpButton
          unread={unread}
          onClick={() => {
            toEnd()
            box.current?.focus()
          }}
        />
      )}
    </div>
  )
}
