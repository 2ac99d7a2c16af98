import type { Message } from '@/api/types'

/**
 * What this client knows of one room's log: an unbroken run of messages, those that arrived past a gap, and how far
 * the log is known to reach. Every function is pure and gives a new log, or the same one if nothing changed.
 */
export interface RoomLog {
  /** Ascending by `seq`, without gaps. */
  readonly messages: readonly Message[]
  /** There are earlier messages than the first of these. */
  readonly hasOlder: boolean
  /** Arrived before what precedes them; ascending, each beyond the run. */
  readonly ahead: readonly Message[]
  /** The highest `seq` that is known to exist. */
  readonly reach: number
  /** Nobody has said yet that the log ends where the run ends: a connection was lost, or a page ended early. */
  readonly isOpenEnded: boolean
}

/** From the newest page. */
export function openLog(page: readonly Message[], hasOlder: boolean): RoomLog {
  const reach = page.at(-1)?.seq ?? 0
  return { messages: page, hasOlder, ahead: [], reach, isOpenEnded: false }
}

export function lastSeq(log: RoomLog): number {
  return log.messages.at(-1)?.seq ?? 0
}

/** After which `seq` messages are missing, or may be; null when the log is whole as far as anyone knows. */
export function gapAfter(log: RoomLog): number | null {
  const last = lastSeq(log)
  return log.isOpenEnded || log.reach > last ? last : null
}

/** A live event: next in the run, or kept until the gap before it is filled, or not newer and dropped. */
export function receive(log: RoomLog, message: Message): RoomLog {
  if (message.seq <= lastSeq(log)) return log
  return settle({ ...log, reach: Math.max(log.reach, message.seq) }, [message])
}

/** Somebody said that the log reaches this far. */
export function hear(log: RoomLog, seq: number): RoomLog {
  return seq > log.reach ? { ...log, reach: seq } : log
}

/** The connection was lost or is new: whatever happened meanwhile is unknown. */
export function suspect(log: RoomLog): RoomLog {
  return log.isOpenEnded ? log : { ...log, isOpenEnded: true }
}

/** A page of what follows `after`. Its end is an unknown gap while there is more. */
export function fill(
  log: RoomLog,
  after: number,
  page: readonly Message[],
  hasMore: boolean,
): RoomLog {
  const end = page.at(-1)?.seq ?? after
  const filled = settle({ ...log, reach: Math.max(log.reach, end) }, page)
  // A page that was asked for before the run moved on says nothing about what follows the run's end now.
  const reachesEnd = !hasMore && after <= lastSeq(log)
  return { ...filled, isOpenEnded: hasMore || (log.isOpenEnded && !reachesEnd) }
}

/** A page of what precedes `before`. */
export function prepend(
  log: RoomLog,
  before: number,
  page: readonly Message[],
  hasOlder: boolean,
): RoomLog {
  const first = log.messages[0]?.seq
  if (first !== before) return log
  return { ...log, messages: [...page, ...log.messages], hasOlder }
}

/** Joins what was ahead and what came now to the run as far as they follow it without a gap. */
function settle(log: RoomLog, arrived: readonly Message[]): RoomLog {
  const messages = [...log.messages]
  const ahead: Message[] = []
  let last = lastSeq(log)
  for (const message of inOrder([...log.ahead, ...arrived])) {
    if (message.seq <= last) continue
    if (message.seq === last + 1) {
      messages.push(message)
      last = message.seq
    } else if (message.seq !== ahead.at(-1)?.seq) {
      ahead.push(message)
    }
  }
  return { ...log, messages, ahead }
}

function inOrder(messages: Message[]): Message[] {
  return messages.sort((one, other) => one.seq - other.seq)
}
