import type { RoomSummary } from '@/api/types'

/** Where something happened last comes first. */
export function byLastMessage(rooms: readonly RoomSummary[]): RoomSummary[] {
  return [...rooms].sort((one, other) => lastTime(other).localeCompare(lastTime(one)))
}

function lastTime(room: RoomSummary): string {
  return room.lastMessage?.createdAt ?? room.createdAt
}
