import { skipToken, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { keys } from './keys'
import { useLive } from './live-context'
import type { OutboxEntry } from './outbox-entry'

export function useGeneral() {
  const { sync } = useLive()
  return useQuery({ queryKey: keys.general, queryFn: () => sync.rooms.loadGeneral() })
}

/** One's rooms without the general room. */
export function useRooms() {
  const { sync } = useLive()
  return useQuery({ queryKey: keys.rooms, queryFn: () => sync.rooms.loadRooms() })
}

/** What this client knows of the room's log; kept whole by events from then on. */
export function useLog(roomId: number) {
  const { sync } = useLive()
  return useQuery({ queryKey: keys.log(roomId), queryFn: () => sync.logs.load(roomId) })
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
