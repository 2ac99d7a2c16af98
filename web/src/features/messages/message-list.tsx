import { MessagesSquare, UserPlus } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'

import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'

import { JumpButton } from './jump-button'
import type { Timeline } from './timeline'
import { TimelineRow } from './timeline-row'
import { UnreadBar } from './unread-bar'
import { useEscape } from './use-escape'
import { useJumpToUnread } from './use-jump-to-unread'
import { useOlder } from './use-older'
import { useScrollKeeper } from './use-scroll-keeper'
import { useSeen } from './use-seen'

interface Props {
  room: RoomSummary
  title: string
  timeline: Timeline
  /** The `seq` of the first unread message that was not in sight yet; null when all is well. */
  firstUnread: number | null
  hasOlder: boolean
  lastSeq: number
  /** Rises with every message of one's own: it is shown wherever one was reading. */
  sent: number
  onLoadOlder: () => Promise<void>
  onLoadBackTo: (seq: number, signal: AbortSignal) => Promise<void>
  onSeen: (seq: number) => void
  onSawFirst: () => void
  /** Absent for those who may not. */
  onAddMembers?: () => void
}

export function MessageList(props: Props) {
  const { room, title, timeline, firstUnread, hasOlder, lastSeq, sent } = props
  const t = useTexts()
  const { box, content, rows, place, ...to } = useScrollKeeper(timeline, sent)
  const version = `${timeline.firstSeq} ${timeline.count} ${lastSeq}`
  const isLoading = useOlder(box, version, hasOlder, props.onLoadOlder)
  const { onSeen, onSawFirst } = props
  const seenAnew = `${version} ${place}`
  const isFurtherUp = useSeen(box, { version: seenAnew, firstUnread, onSeen, onSawFirst })
  const journey = useJumpToUnread({
    timeline,
    // The one before it too: it decides how the first is drawn.
    load: (signal) => props.onLoadBackTo((firstUnread ?? 0) - 1, signal),
    onArrived: () => {
      to.firstNew()
      box.current?.focus()
    },
  })
  const news = useNews({ isAway: place === 'away', lastSeq, room, isHeld: firstUnread !== null })

  const goToEnd = () => {
    journey.stop()
    to.end()
  }
  useEscape(goToEnd)
  const moveByKey = (event: KeyboardEvent) => {
    if (event.target !== box.current) return
    // The browser would stop short of the end: it does not know the heights of what it has never drawn.
    if (event.key === 'End') goToEnd()
    else if (event.key === 'Home') to.start()
    else return
    event.preventDefault()
  }
  const drawn = rows.getVirtualItems()
  return (
    <div className="relative flex min-h-0 grow flex-col">
      {firstUnread !== null && isFurtherUp && (
        <UnreadBar
          room={room.id}
          first={firstUnread}
          count={lastSeq - firstUnread + 1}
          toLoad={journey.isOnTheWay ? (timeline.firstSeq ?? 0) - firstUnread : null}
          onJump={journey.start}
          onStop={journey.stop}
          onMarkRead={() => {
            journey.stop()
            onSeen(lastSeq)
            box.current?.focus()
          }}
        />
      )}
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
              text={props.onAddMembers ? t.messages.emptyOwn : t.messages.empty}
            >
              {props.onAddMembers && (
                <Button look="quiet" onClick={props.onAddMembers}>
                  <UserPlus aria-hidden size={16} />
                  {t.messages.addMembers}
                </Button>
              )}
            </EmptyState>
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
      <JumpButton
        isShown={place === 'away'}
        news={news}
        onClick={() => {
          goToEnd()
          box.current?.focus()
        }}
      />
    </div>
  )
}

interface News {
  isAway: boolean
  lastSeq: number
  room: RoomSummary
  /** What is unread is further up: only what came since one left the end is further down. */
  isHeld: boolean
}

/** How many messages are new below what is in sight. */
function useNews({ isAway, lastSeq, room, isHeld }: News): number {
  const [left, setLeft] = useState(lastSeq)
  if (!isAway && left !== lastSeq) setLeft(lastSeq)
  return isHeld ? lastSeq - left : room.unread
}
