import { useEffect, useMemo, useState } from 'react'

import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { failureOf } from '@/lib/failure'
import { useLive, useMe } from '@/realtime/live-context'
import { lastSeq } from '@/realtime/room-log'
import { useLog, useOutbox } from '@/realtime/queries'
import { Button } from '@/ui/button'
import { Spinner } from '@/ui/spinner'

import { Composer } from './composer/composer'
import { MessageList } from './message-list'
import { timeline } from './timeline'
import { useNewLine } from './use-new-line'

interface Props {
  room: RoomSummary
  title: string
  /** Leads to where its owner adds others. */
  onAddMembers: () => void
}

export function Conversation({ room, title, onAddMembers }: Props) {
  const t = useTexts()
  const me = useMe()
  const { sync, outbox, reads } = useLive()
  const log = useLog(room.id)
  const entries = useOutbox(room.id)
  const { newAfter, isUnseen, saw } = useNewLine(room)
  const [sent, setSent] = useState(0)
  const send = (content: string) => {
    outbox.add(room.id, content)
    setSent(sent + 1)
  }
  useEffect(() => () => reads.flush(), [reads])

  const data = log.data
  const drawn = useMemo(
    () => data && timeline({ ...data, outbox: entries, me, newAfter }),
    [data, entries, me, newAfter],
  )

  // Nothing counts as read before the first that is unread was in sight, or somebody says that it is.
  const firstNew = drawn?.firstNewSeq ?? null
  const firstUnread = isUnseen && firstNew !== null && firstNew > room.lastReadSeq ? firstNew : null

  if (log.isError) {
    return (
      <div role="alert" className="m-auto flex flex-col items-center gap-3 p-8">
        <p className="text-muted">
          {failureOf(log.error).isUnreachable ? t.chat.notKept : t.chat.loadFailed}
        </p>
        <Button onClick={() => void log.refetch()}>{t.common.retry}</Button>
      </div>
    )
  }
  return (
    <>
      {data && drawn ? (
        <MessageList
          room={room}
          title={title}
          timeline={drawn}
          firstUnread={firstUnread}
          hasOlder={data.hasOlder}
          lastSeq={lastSeq(data)}
          onLoadOlder={() => sync.logs.loadOlder(room.id)}
          onLoadBackTo={(seq, signal) => sync.logs.loadBackTo(room.id, seq, signal)}
          onSeen={(seq) => reads.see(room.id, seq, room.lastReadSeq)}
          onSawFirst={saw}
          onAddMembers={room.ownerUserId === me.id ? onAddMembers : undefined}
          sent={sent}
        />
      ) : (
        <Spinner />
      )}
      <Composer room={room.id} title={title} onSend={send} />
    </>
  )
}
