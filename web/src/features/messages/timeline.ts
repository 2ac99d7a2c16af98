import type { Message } from '@/api/types'
import { dayKey } from '@/i18n/dates'
import type { OutboxEntry } from '@/realtime/outbox-entry'

/** A message as it is drawn: from the log, or one's own that is on its way there. */
export interface MessageItem {
  kind: 'message'
  /** The same before and after the log has it, so that nothing blinks. */
  key: string
  message: Pick<Message, 'userId' | 'usernameSnapshot' | 'content' | 'createdAt'>
  /** Absent while the log does not hold it. */
  seq?: number
  entry?: OutboxEntry
  /** The first of a group by one person: it carries the name. */
  isHead: boolean
}

export type TimelineItem =
  MessageItem | { kind: 'day'; key: string; time: string } | { kind: 'new'; key: 'new' }

const GROUP_MS = 5 * 60_000

export interface TimelineInput {
  messages: readonly Message[]
  outbox: readonly OutboxEntry[]
  me: { id: string; username: string }
  /** Messages above this `seq` are new; null when there is no line to draw. */
  newAfter: number | null
}

/** What the conversation shows, from top to bottom. */
export function timeline({ messages, outbox, me, newAfter }: TimelineInput): TimelineItem[] {
  const items: TimelineItem[] = []
  let previous: MessageItem | null = null
  let lineDrawn = newAfter === null
  for (const item of all(messages, outbox, me)) {
    const { createdAt, userId } = item.message
    const isNewDay = !previous || dayKey(previous.message.createdAt) !== dayKey(createdAt)
    if (isNewDay) items.push({ kind: 'day', key: `day-${dayKey(createdAt)}`, time: createdAt })
    const isFirstNew = !lineDrawn && isNew(item, newAfter, me.id)
    if (isFirstNew) {
      items.push({ kind: 'new', key: 'new' })
      lineDrawn = true
    }
    const follows =
      previous?.message.userId === userId &&
      Date.parse(createdAt) - Date.parse(previous.message.createdAt) < GROUP_MS
    item.isHead = isNewDay || isFirstNew || !follows
    items.push(item)
    previous = item
  }
  return items
}

function isNew(item: MessageItem, newAfter: number | null, me: string): boolean {
  const { seq, message } = item
  return newAfter !== null && seq !== undefined && seq > newAfter && message.userId !== me
}

function* all(
  messages: readonly Message[],
  outbox: readonly OutboxEntry[],
  me: { id: string; username: string },
): Generator<MessageItem> {
  const waiting = new Set(outbox.map((entry) => entry.clientMessageId))
  for (const message of messages) {
    const { userId, clientMessageId, seq } = message
    if (userId === me.id) waiting.delete(clientMessageId)
    yield { kind: 'message', key: `${userId}:${clientMessageId}`, message, seq, isHead: true }
  }
  for (const entry of outbox) {
    const { clientMessageId, content, createdAt } = entry
    if (!waiting.has(clientMessageId)) continue
    const message = { userId: me.id, usernameSnapshot: me.username, content, createdAt }
    yield { kind: 'message', key: `${me.id}:${clientMessageId}`, message, entry, isHead: true }
  }
}
