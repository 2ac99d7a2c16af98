import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'
import { useLive } from '@/realtime/live-context'
import { useGeneral, useRooms } from '@/realtime/queries'
import type { RoomNews } from '@/realtime/room-news'

import { isGeneral, useRoomTitle } from './room-title'

export type OpenRoom =
  | { status: 'loading' | 'gone'; title: string }
  /** One was in it until a moment ago. */
  | { status: 'departed'; title: string; departure: RoomNews }
  | { status: 'failed'; title: string; retry: () => void }
  | { status: 'ready'; title: string; room: RoomSummary; isGeneral: boolean }

/** The room that the address names; the general room when it names none. */
export function useOpenRoom(roomId: string | undefined): OpenRoom {
  const t = useTexts()
  const titleOf = useRoomTitle()
  const general = useGeneral()
  const rooms = useRooms()
  const departed = useObservable(useLive().sync.news.departed)
  const all = [...(general.data ? [general.data] : []), ...(rooms.data ?? [])]
  const room = roomId ? all.find(({ id }) => String(id) === roomId) : general.data
  if (room) return { status: 'ready', title: titleOf(room), room, isGeneral: isGeneral(room) }

  const title = t.chat.title
  const departure = departed.get(Number(roomId))
  if (departure) return { status: 'departed', title: departure.room.name, departure }
  if (general.isFetching || rooms.isFetching) return { status: 'loading', title }
  if (general.isError || rooms.isError) {
    const retry = () => void Promise.all([general.refetch(), rooms.refetch()])
    return { status: 'failed', title, retry }
  }
  return { status: 'gone', title }
}
