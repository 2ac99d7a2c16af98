import { skipToken, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { keys } from './keys'
import { useLive } from './live-context'
import type { OutboxEntry } from './outbox-entry'

export function useGeneral() {
  const { sync, keeper } = useLive()
  const queryFn = () => keeper.general(() => sync.rooms.loadGeneral())
  return useQuery({ queryKey: keys.general, queryFn })
}

/** One's rooms without the general room. */
export function useRooms() {
  const { sync, keeper } = useLive()
  const queryFn = () => keeper.rooms(() => sync.rooms.loadRooms())
  return useQuery({ queryKey: keys.rooms, queryFn })
}

/** What this client knows of the room's log; kept whole by events from then on. */
export function useLog(roomId: number) {
  const { sync, keeper } = useLive()
  const load = () => sync.logs.load(roomId)
  const catchUp = () => sync.logs.hear(roomId, 0)
  return useQuery({
    queryKey: keys.log(roomId),
    queryFn: () => keeper.log(roomId, load, catchUp),
  })
}

/** When a message of the room was written, also of one that is not loaded. */
export function useMessageTime(roomId: number, seq: number) {
  const { sync } = useLive()
  return useQuery({
    queryKey: keys.messageTime(roomId, seq),
    queryFn: () => sync.logs.timeOf(roomId, seq),
  })
}

const none: readonly OutboxEntry[] = []

/** One's own messages that the log of the room does not hold yet. */
export function useOutbox(roomId: number): readonly OutboxEntry[] {
  const { data = none } = useQuery<readonly OutboxEntry[]>({
    queryKey: keys.outbox,
    queryFn: skipToken,
  })
  return useMemo(() => {
    const entries = data.filter((entry) => entry.roomId === roomId)
    return entries.length > 0 ? entries : none
  }, [data, roomId])
}

/** One's own messages that were refused in rooms that are not in the list any more. */
export function useUnsentElsewhere(): readonly OutboxEntry[] {
  const general = useGeneral().data
  const rooms = useRooms().data
  const { data = none } = useQuery<readonly OutboxEntry[]>({
    queryKey: keys.outbox,
    queryFn: skipToken,
  })
  if (!general || !rooms) return none
  const here = new Set([general, ...rooms].map((room) => room.id))
  return data.filter((entry) => entry.state === 'failed' && !here.has(entry.roomId))
}
