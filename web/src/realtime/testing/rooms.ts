import type { RoomSummary } from '@/api/types'

/** A room that one owns, with nothing in it. */
export function roomNamed(name: string, parts: Partial<RoomSummary> = {}): RoomSummary {
  return {
    id: 1,
    name,
    ownerUserId: 'alice',
    ownerUsernameSnapshot: 'alice',
    createdAt: '2024-01-01T12:00:00.000Z',
    lastSeq: 0,
    lastReadSeq: 0,
    unread: 0,
    lastMessage: null,
    ...parts,
  }
}
