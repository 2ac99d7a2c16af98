import type { Message } from '@/api/types'
import { dayKey } from '@/i18n/dates'
import type { OutboxEntry } from '@/realtime/outbox-entry'

/** A message as it is drawn: from the log, or one's own that is on its way there. */
export interface MessageItem {
  message: Pick<Message, 'userId' | 'usernameSnapshot' | 'content' | 'createdAt'>
  /** Absent while the log does not hold it. */
  seq?: number
  entry?: OutboxEntry
  /** The first of a group by one person: it carries the name. */
  isHead: boolean
  /** The line that names the day stands above it. */
  startsDay: boolean
  /** The line of new messages stands above it. */
  isFirstNew: boolean
}

/**
 * What the conversation shows, from top to bottom. Nothing is worked out before somebody asks for a row, as a room may
 * hold tens of thousands and only some are in sight.
 */
export interface Timeline {
  count: number
  /** The same before and after the log has a message, so that nothing blinks. */
  keyAt: (index: number) => string | number
  itemAt: (index: number) => MessageItem
  /** Where the line of new messages stands, if it is loaded. */
  firstNew: number | null
  /** The `seq` of what follows that line, loaded or not; null when nothing is new. */
  firstNewSeq: number | null
  /** The first `seq` that is loaded. */
  firstSeq: number | null
}

const GROUP_MS = 5 * 60_000

export interface TimelineInput {
  messages: readonly Message[]
  hasOlder: boolean
  outbox: readonly OutboxEntry[]
  me: { id: string; username: string }
  /** Messages above this `seq` are new; null when there is no line to draw. */
  newAfter: number | null
}

export function timeline({ messages, hasOlder, outbox, me, newAfter }: TimelineInput): Timeline {
  // How a message is drawn depends on the one before it: the first of many waits until that is known, so that no row
  // changes when earlier ones arrive.
  const skipped = hasOlder && messages.length > 0 ? 1 : 0
  const waiting = notIn(messages, outbox, me.id)
  const firstNew = firstNewIndex(messages, newAfter, me.id)
  const firstSeq = messages[0]?.seq ?? null
  const isEarlier = newAfter !== null && firstSeq !== null && newAfter + 1 < firstSeq

  const sourceAt = (position: number): Pick<MessageItem, 'message' | 'seq' | 'entry'> | null => {
    const message = messages[position]
    if (message) return { message, seq: message.seq }
    const entry = waiting[position - messages.length]
    if (!entry) return null
    const { content, createdAt } = entry
    const { id: userId, username: usernameSnapshot } = me
    return { message: { userId, usernameSnapshot, content, createdAt }, entry }
  }
  const itemAt = (index: number) => {
    const position = index + skipped
    const source = sourceAt(position)
    if (!source) throw new RangeError(`There is no row ${index}`)
    const previous = sourceAt(position - 1)?.message
    const isFirstNew = position === firstNew
    const startsDay = !previous || dayKey(previous.createdAt) !== dayKey(source.message.createdAt)
    const isHead = startsDay || isFirstNew || !follows(previous, source.message)
    return { ...source, isHead, startsDay, isFirstNew }
  }
  const keyAt = (index: number) => {
    const position = index + skipped
    const message = messages[position]
    // A text only for one's own: rooms have too many messages to build one for each.
    if (message && message.userId !== me.id) return message.seq
    return `own:${(message ?? waiting[position - messages.length])?.clientMessageId}`
  }
  return {
    count: messages.length - skipped + waiting.length,
    keyAt,
    itemAt,
    firstNew: firstNew === null || firstNew < skipped ? null : firstNew - skipped,
    firstNewSeq: isEarlier ? newAfter + 1 : (messages[firstNew ?? -1]?.seq ?? null),
    firstSeq,
  }
}

function follows(previous: MessageItem['message'], next: MessageItem['message']): boolean {
  const pause = Date.parse(next.createdAt) - Date.parse(previous.createdAt)
  return previous.userId === next.userId && pause < GROUP_MS
}

/** What the log does not hold yet. */
function notIn(
  messages: readonly Message[],
  outbox: readonly OutboxEntry[],
  me: string,
): OutboxEntry[] {
  const waiting = new Set(outbox.map((entry) => entry.clientMessageId))
  // From the end: what was sent just now is among the newest.
  for (let index = messages.length - 1; index >= 0 && waiting.size > 0; index -= 1) {
    const message = messages[index]
    if (message?.userId === me) waiting.delete(message.clientMessageId)
  }
  return outbox.filter((entry) => waiting.has(entry.clientMessageId))
}

/** The first that is new and somebody else's. The log has no gaps, so where to look follows from the `seq`. */
function firstNewIndex(
  messages: readonly Message[],
  newAfter: number | null,
  me: string,
): number | null {
  const first = messages[0]?.seq
  if (newAfter === null || first === undefined || newAfter + 1 < first) return null
  for (let index = newAfter + 1 - first; index < messages.length; index += 1) {
    if (messages[index]?.userId !== me) return index
  }
  return null
}
