import type { RoomSummary } from '@/api/types'
import { matchRank } from '@/lib/fold'

import { byLastMessage } from '@/realtime/room-order'

export interface NamedRoom {
  room: RoomSummary
  title: string
}

/** The rooms that what was typed may mean, the likeliest first: best match, then unread, then recent. */
export function findRooms(rooms: readonly NamedRoom[], query: string): NamedRoom[] {
  const order = new Map(byLastMessage(rooms.map(({ room }) => room)).map(({ id }, n) => [id, n]))
  return rooms
    .map((named) => ({ named, rank: matchRank(named.title, query), unread: named.room.unread > 0 }))
    .filter(({ rank }) => rank > 0)
    .sort(
      (one, other) =>
        other.rank - one.rank ||
        Number(other.unread) - Number(one.unread) ||
        (order.get(one.named.room.id) ?? 0) - (order.get(other.named.room.id) ?? 0),
    )
    .map(({ named }) => named)
}
