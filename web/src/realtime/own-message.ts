import type { OutboxEntry } from './outbox-entry'
import { lastSeq, type RoomLog } from './room-log'

/**
 * Where the log holds the message of this entry. Only what came since it was written is looked at: a log can be long,
 * and this is asked on every change of it.
 */
export function seqInLog(
  log: RoomLog | undefined,
  me: string,
  entry: OutboxEntry,
): number | undefined {
  // An acknowledged message of a room that is not loaded comes with the room.
  if (!log) return entry.seq
  if (entry.seq !== undefined) return entry.seq <= lastSeq(log) ? entry.seq : undefined
  for (let index = log.messages.length - 1; index >= 0; index -= 1) {
    const message = log.messages[index]
    if (!message || message.seq <= (entry.after ?? 0)) return undefined
    const isIt = message.userId === me && message.clientMessageId === entry.clientMessageId
    if (isIt) return message.seq
  }
  return undefined
}
