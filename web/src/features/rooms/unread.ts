import type { RoomSummary } from '@/api/types'

/** How many messages there are to read in all of them, but for one. */
export function unreadOf(rooms: readonly RoomSummary[], except?: number): number {
  return rooms.reduce((sum, room) => sum + (room.id === except ? 0 : room.unread), 0)
}
