import type { Message, Room, RoomSummary } from '@/api/types'

// A room in a list, kept current by events. Each function gives a new summary, or the same if the news is old.

export function withMessage(summary: RoomSummary, message: Message, me: string): RoomSummary {
  const isNewer = message.seq > summary.lastSeq
  // The server moves a sender's own read position.
  const lastReadSeq =
    message.userId === me ? Math.max(summary.lastReadSeq, message.seq) : summary.lastReadSeq
  if (!isNewer && lastReadSeq === summary.lastReadSeq) return summary
  return counted({
    ...summary,
    lastReadSeq,
    ...(isNewer && { lastSeq: message.seq, lastMessage: message }),
  })
}

export function withRead(summary: RoomSummary, seq: number): RoomSummary {
  if (seq <= summary.lastReadSeq) return summary
  return counted({ ...summary, lastReadSeq: seq })
}

export function withRoom(summary: RoomSummary, room: Room): RoomSummary {
  return { ...summary, ...room }
}

function counted(summary: RoomSummary): RoomSummary {
  return { ...summary, unread: Math.max(0, summary.lastSeq - summary.lastReadSeq) }
}
