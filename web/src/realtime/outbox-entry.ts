/** A message of one's own that the log does not hold yet. */
export interface OutboxEntry {
  clientMessageId: string
  roomId: number
  content: string
  /** No two of one tab are equal: entries are sent in this order. */
  createdAt: string
  /** How far the room's log was known when this was written: its message can only follow. */
  after?: number
  /** `acked`: stored, its event is on its way. `failed`: refused; waits for a person to decide. */
  state: 'pending' | 'acked' | 'failed'
  /** Of an acked one. */
  seq?: number
  /** Why a failed one failed, or a pending one waits. */
  code?: string
  /** When a pending one that the server asked to wait is sent again, as `Date.now()` counts. */
  retryAt?: number
}

/** Whether this is one: what was kept may be of another version, or cut short. */
export function isOutboxEntry(kept: unknown): kept is OutboxEntry {
  if (typeof kept !== 'object' || kept === null) return false
  const { clientMessageId, roomId, content, createdAt, state } = kept as Partial<OutboxEntry>
  const texts = [clientMessageId, content, createdAt]
  return (
    texts.every((text) => typeof text === 'string') &&
    typeof roomId === 'number' &&
    !Number.isNaN(Date.parse(createdAt ?? '')) &&
    ['pending', 'acked', 'failed'].includes(state ?? '')
  )
}

/** As they were written, whichever tab it was in. */
export function inOrder(entries: readonly OutboxEntry[]): OutboxEntry[] {
  return entries.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1))
}

/** A time after that of every entry there is, though the clock may have been set back or stand still. */
export function nextTime(entries: readonly OutboxEntry[], now: number): string {
  const last = Math.max(...entries.map((entry) => Date.parse(entry.createdAt)))
  return new Date(Math.max(now, last + 1)).toISOString()
}

function rank({ createdAt, clientMessageId }: OutboxEntry): string {
  return createdAt + clientMessageId
}
