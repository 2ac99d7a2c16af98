import type { RoomSummary } from '@/api/types'

interface Step {
  /** 1: downwards in the list, -1: upwards. */
  by: 1 | -1
  /** Over those that hold nothing new. */
  toUnread: boolean
}

/** The room that many steps away in the list, round its ends; undefined when there is none to go to. */
export function nextRoom(
  rooms: readonly RoomSummary[],
  current: number | undefined,
  { by, toUnread }: Step,
): RoomSummary | undefined {
  const start = rooms.findIndex(({ id }) => id === current)
  for (let step = 1; step <= rooms.length; step += 1) {
    const from = start === -1 && by === -1 ? 0 : start
    const room = rooms[(from + by * step + rooms.length * step) % rooms.length]
    if (room && room.id !== current && (!toUnread || room.unread > 0)) return room
  }
  return undefined
}
