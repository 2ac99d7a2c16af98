import type { QueryClient } from '@tanstack/react-query'

import type { ClientAction, Message, ServerEvent } from '@/api/types'
import { type Failure, failureOf } from '@/lib/failure'
import { randomId } from '@/lib/ids'

import { keys } from './keys'
import type { OutboxEntry } from './outbox-entry'
import { loadOutbox, saveOutbox } from './outbox-storage'

export interface OutboxOptions {
  queries: QueryClient
  me: string
  /** False when there is no connection. */
  sendAction: (action: ClientAction) => boolean
  isConnected: () => boolean
  post: (entry: OutboxEntry) => Promise<Message>
  /** A message came as the answer to a post. */
  onPosted: (message: Message) => void
  /** The room's log holds this `seq`, or should. */
  onStored: (roomId: number, seq: number) => void
  /** Whether the room's log holds this message by now. */
  isInLog: (entry: OutboxEntry) => boolean
}

const ACK_MS = 10_000
/** How long the event of an acknowledged message may take before the log is asked for it. */
const EVENT_MS = 1000
const RETRY_MS = 3000
const UNAVAILABLE_TRIES = 5

/**
 * Sends what was written, one message of a room at a time so that their order holds, and keeps each until the log has
 * it. A repeat carries the same `clientMessageId`, so it never makes a second message.
 */
export class Outbox {
  /** Room -> what is under way there, by socket or by HTTP. */
  private readonly flights = new Map<number, { id: string; bySocket: boolean }>()
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly tries = new Map<string, number>()

  constructor(private readonly options: OutboxOptions) {
    this.write(loadOutbox(options.me))
  }

  add(roomId: number, content: string): void {
    const entry: OutboxEntry = {
      clientMessageId: randomId(),
      roomId,
      content,
      createdAt: new Date().toISOString(),
      state: 'pending',
    }
    this.write([...this.entries(), entry])
    this.pump(roomId)
  }

  retry(id: string): void {
    this.change(id, { state: 'pending', code: undefined })
    this.tries.delete(id)
    const entry = this.find(id)
    if (entry) this.pump(entry.roomId)
  }

  discard(id: string): void {
    const entry = this.find(id)
    if (!entry) return
    this.land(entry)
    this.write(this.entries().filter((other) => other.clientMessageId !== id))
    this.pump(entry.roomId)
  }

  handle(event: ServerEvent): void {
    if (event.type === 'ack') this.acked(event.clientMessageId, event.seq)
    else if (event.type === 'error' && event.clientMessageId) {
      const entry = this.find(event.clientMessageId)
      if (entry) this.refused(entry, event.code, event.retryAfterMs)
    }
  }

  /** The connection came or went: what was under way on a lost one is sent again. */
  connectionChanged(): void {
    for (const [roomId, flight] of [...this.flights]) {
      if (flight.bySocket) this.flights.delete(roomId)
    }
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
    for (const roomId of new Set(this.entries().map((entry) => entry.roomId))) this.pump(roomId)
  }

  /** The log of the room changed: what it holds now needs no keeping. */
  settle(roomId: number): void {
    const landed = this.entries().filter(
      (entry) => entry.roomId === roomId && this.options.isInLog(entry),
    )
    if (landed.length === 0) return
    for (const entry of landed) this.land(entry)
    this.write(this.entries().filter((entry) => !landed.includes(entry)))
    this.pump(roomId)
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }

  private pump(roomId: number): void {
    if (this.flights.has(roomId)) return
    const entry = this.entries().find((one) => one.roomId === roomId && one.state === 'pending')
    if (!entry || this.timers.has(entry.clientMessageId)) return
    const { clientMessageId, content } = entry
    const bySocket =
      this.options.isConnected() &&
      this.options.sendAction({ action: 'sendMessage', roomId, content, clientMessageId })
    this.flights.set(roomId, { id: clientMessageId, bySocket })
    if (bySocket) this.later(clientMessageId, ACK_MS, () => this.refused(entry, 'TIMEOUT'))
    else void this.post(entry)
  }

  private async post(entry: OutboxEntry): Promise<void> {
    try {
      const message = await this.options.post(entry)
      this.acked(entry.clientMessageId, message.seq)
      this.options.onPosted(message)
    } catch (error) {
      const { code, details }: Failure = failureOf(error)
      this.refused(entry, code, (details.retryAfterSeconds ?? 0) * 1000 || undefined)
    }
  }

  private acked(id: string, seq: number): void {
    const entry = this.find(id)
    if (!entry) return
    this.land(entry)
    this.change(id, { state: 'acked', seq })
    this.settle(entry.roomId)
    if (this.find(id)) {
      this.later(id, EVENT_MS, () => this.options.onStored(entry.roomId, seq))
    }
    this.pump(entry.roomId)
  }

  private refused(entry: OutboxEntry, code: string, retryAfterMs = RETRY_MS): void {
    const { clientMessageId: id, roomId } = entry
    if (this.find(id)?.state !== 'pending') return
    this.land(entry)
    if (this.isWorthWaiting(id, code)) this.later(id, retryAfterMs, () => this.pump(roomId))
    else this.change(id, { state: 'failed', code })
    this.pump(roomId)
  }

  private isWorthWaiting(id: string, code: string): boolean {
    if (code === 'UNREACHABLE' || code === 'RATE_LIMITED') return true
    const tries = (this.tries.get(id) ?? 0) + 1
    this.tries.set(id, tries)
    return code === 'UNAVAILABLE' && tries < UNAVAILABLE_TRIES
  }

  /** No longer under way. */
  private land({ clientMessageId, roomId }: OutboxEntry): void {
    clearTimeout(this.timers.get(clientMessageId))
    this.timers.delete(clientMessageId)
    if (this.flights.get(roomId)?.id === clientMessageId) this.flights.delete(roomId)
  }

  private later(id: string, delayMs: number, task: () => void): void {
    const run = () => {
      this.timers.delete(id)
      task()
    }
    this.timers.set(id, setTimeout(run, delayMs))
  }

  private find(id: string): OutboxEntry | undefined {
    return this.entries().find((entry) => entry.clientMessageId === id)
  }

  private change(id: string, patch: Partial<OutboxEntry>): void {
    this.write(
      this.entries().map((entry) =>
        entry.clientMessageId === id ? { ...entry, ...patch } : entry,
      ),
    )
  }

  private entries(): readonly OutboxEntry[] {
    return this.options.queries.getQueryData<readonly OutboxEntry[]>(keys.outbox) ?? []
  }

  private write(entries: readonly OutboxEntry[]): void {
    this.options.queries.setQueryData(keys.outbox, entries)
    saveOutbox(this.options.me, entries)
  }
}
