import type { RoomSummary } from '@/api/types'

/** After a long absence every room may have something new: the latest speak for all. */
const AT_ONCE_MAX = 3

/** Compares the rooms with what they were: where others wrote something that one has not read on any device. */
export class Arrivals {
  private known: Map<number, number> | null = null

  constructor(private readonly me: string) {}

  /** What is there already is no news. */
  begin(rooms: readonly RoomSummary[]): void {
    this.known ??= positions(rooms)
  }

  next(rooms: readonly RoomSummary[]): RoomSummary[] {
    const { known } = this
    if (!known) return []
    this.known = positions(rooms)
    return rooms
      .filter((room) => room.lastSeq > (known.get(room.id) ?? 0))
      .filter((room) => isUnreadFromOthers(room, this.me))
      .sort((one, other) => writtenAt(other).localeCompare(writtenAt(one)))
      .slice(0, AT_ONCE_MAX)
  }
}

function isUnreadFromOthers({ unread, lastMessage }: RoomSummary, me: string): boolean {
  return unread > 0 && lastMessage !== null && lastMessage.userId !== me
}

function writtenAt({ lastMessage }: RoomSummary): string {
  return lastMessage?.createdAt ?? ''
}

function positions(rooms: readonly RoomSummary[]): Map<number, number> {
  return new Map(rooms.map(({ id, lastSeq }) => [id, lastSeq]))
}
