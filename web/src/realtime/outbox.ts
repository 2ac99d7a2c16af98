import type { QueryClient } from '@tanstack/react-query'

import type { ClientAction, Message, ServerEvent } from '@/api/types'
import { type Failure, failureOf } from '@/lib/failure'
import { randomId } from '@/lib/ids'
import { TabChannel } from '@/lib/tab-channel'
import { withTabLock } from '@/lib/tab-lock'

import { keys } from './keys'
import { inOrder, nextTime, type OutboxEntry } from './outbox-entry'
import { OutboxStorage } from './outbox-storage'

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
  /** Where the room's log holds this message by now. */
  seqInLog: (entry: OutboxEntry) => number | undefined
  /** How far the room's log is known. */
  reached: (roomId: number) => number
}

/** What one tab tells the others. */
type News =
  | { kind: 'saved'; entry: OutboxEntry }
  /** With `seq` it is stored there, without it was discarded. */
  | { kind: 'gone'; id: string; seq?: number }
  | { kind: 'connected' }

const ACK_MS = 10_000
/** How long the event of an acknowledged message may take before the log is asked for it. */
const EVENT_MS = 1000
const RETRY_MS = 3000
const UNAVAILABLE_TRIES = 5
/** Says nothing about the message. Where the session has ended it waits for the next one. */
const WORTH_WAITING = [
  'UNREACHABLE',
  'RATE_LIMITED',
  'UNAUTHORIZED',
  'SESSION_REVOKED',
  'BAD_REFRESH_TOKEN',
  'ACCOUNT_DISABLED',
]
/** How long what was written here may wait for the tab that sends: that one may be frozen in the background. */
const TAKE_OVER_MS = 2000

/**
 * Sends what was written, one message of a room at a time so that their order holds, and keeps each until the log has
 * it. All tabs of the browser show the same entries and one of them sends; when that one is silent, so does the one in
 * which it was written. A repeat carries the same `clientMessageId`, so it never makes a second message.
 */
export class Outbox {
  /** Room -> what is under way there, by socket or by HTTP. */
  private readonly flights = new Map<number, { id: string; bySocket: boolean }>()
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly tries = new Map<string, number>()
  /** Not acknowledged in time by a connection that may be dead: these go over HTTP. */
  private readonly unanswered = new Set<string>()
  /** Sent or discarded: late news of these must not bring them back. */
  private readonly gone = new Set<string>()
  /** Written or sent again in this tab. */
  private readonly own = new Set<string>()
  private readonly storage: OutboxStorage
  private channel: TabChannel<News> | null = null
  private isSender = false
  private patience: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: OutboxOptions) {
    this.storage = new OutboxStorage(options.me)
    this.write(inOrder(this.storage.unconfirmed()))
  }

  start(): () => void {
    const name = `outbox.${this.options.me}`
    const stopping = new AbortController()
    this.channel = new TabChannel<News>(name, (news) => this.hear(news))
    void this.restore()
    const send = () => this.sendUntil(stopping.signal)
    // Without a lock two tabs may both send, which the server takes for one.
    withTabLock(name, send).catch(send)
    return () => {
      stopping.abort()
      this.isSender = false
      this.beginPatience()
      for (const id of [...this.timers.keys()]) this.cancel(id)
      this.channel?.close()
    }
  }

  add(roomId: number, content: string): void {
    const entry: OutboxEntry = {
      clientMessageId: randomId(),
      roomId,
      content,
      createdAt: nextTime(this.entries(), Date.now()),
      after: this.options.reached(roomId),
      state: 'pending',
    }
    this.own.add(entry.clientMessageId)
    this.write([...this.entries(), entry])
    this.save(entry)
    this.pump(roomId)
  }

  retry(id: string): void {
    this.tries.delete(id)
    this.own.add(id)
    const entry = this.change(id, { state: 'pending', code: undefined, retryAt: undefined })
    if (!entry) return
    this.land(entry)
    this.save(entry)
    this.pump(entry.roomId)
  }

  discard(id: string): void {
    this.leave(id)
    this.drop(id)
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
    for (const id of [...this.timers.keys()]) this.cancel(id)
    this.unanswered.clear()
    this.pumpAll()
    // The tab that sends may be asleep in the background and wait longer than this one.
    if (this.options.isConnected()) this.channel?.say({ kind: 'connected' })
  }

  /** The log of the room changed: what it holds now needs no keeping. */
  settle(roomId: number): void {
    const landed = new Set<OutboxEntry>()
    for (const entry of this.entries()) {
      const seq = entry.roomId === roomId ? this.options.seqInLog(entry) : undefined
      if (seq === undefined) continue
      landed.add(entry)
      this.land(entry)
      if (entry.state !== 'acked') this.leave(entry.clientMessageId, seq)
    }
    if (landed.size === 0) return
    this.write(this.entries().filter((entry) => !landed.has(entry)))
    this.pump(roomId)
  }

  private async sendUntil(stopping: AbortSignal): Promise<void> {
    // First what other tabs left: it was written before.
    await this.restore()
    if (stopping.aborted) return
    this.isSender = true
    this.pumpAll()
    await new Promise((resolve) => stopping.addEventListener('abort', resolve))
  }

  private async restore(): Promise<void> {
    const kept = await this.storage.load()
    const isNews = ({ clientMessageId: id }: OutboxEntry) => !this.gone.has(id) && !this.find(id)
    this.write(inOrder([...this.entries(), ...kept.filter(isNews)]))
    for (const roomId of this.rooms()) this.settle(roomId)
  }

  private hear(news: News): void {
    switch (news.kind) {
      case 'saved': {
        const { entry } = news
        if (this.gone.has(entry.clientMessageId)) return
        const others = this.entries().filter((one) => one.clientMessageId !== entry.clientMessageId)
        this.write(inOrder([...others, entry]))
        this.land(entry)
        this.settle(entry.roomId)
        this.pump(entry.roomId)
        return
      }
      case 'gone':
        this.gone.add(news.id)
        this.beginPatience()
        // Again, as this tab may have been about to write it.
        void this.storage.remove(news.id)
        if (news.seq === undefined) this.drop(news.id)
        else this.stored(news.id, news.seq)
        return
      case 'connected':
        this.hurry()
    }
  }

  private pump(roomId: number): void {
    if (!this.isSender) this.waitForSender()
    if (!this.isSender || this.flights.has(roomId)) return
    const entry = this.entries().find((one) => one.roomId === roomId && one.state === 'pending')
    if (!entry || this.timers.has(entry.clientMessageId)) return
    const { clientMessageId, content } = entry
    const bySocket =
      !this.unanswered.has(clientMessageId) &&
      this.options.isConnected() &&
      this.options.sendAction({ action: 'sendMessage', roomId, content, clientMessageId })
    this.flights.set(roomId, { id: clientMessageId, bySocket })
    if (bySocket) this.later(clientMessageId, ACK_MS, () => this.unacked(entry))
    else void this.post(entry)
  }

  private pumpAll(): void {
    for (const roomId of this.rooms()) this.pump(roomId)
  }

  /** What waits for a better moment: this is one. */
  private hurry(): void {
    for (const { clientMessageId: id, roomId, state } of this.entries()) {
      if (state === 'pending' && this.flights.get(roomId)?.id !== id) this.cancel(id)
    }
    this.pumpAll()
  }

  private waitForSender(): void {
    if (!this.hasOwnWaiting()) return
    this.patience ??= setTimeout(() => {
      this.patience = undefined
      if (!this.hasOwnWaiting()) return
      // From now on both send, and the server takes it for one.
      this.isSender = true
      this.pumpAll()
    }, TAKE_OVER_MS)
  }

  /** The tab that sends does. */
  private beginPatience(): void {
    clearTimeout(this.patience)
    this.patience = undefined
  }

  private hasOwnWaiting(): boolean {
    const isWaiting = ({ clientMessageId: id, state }: OutboxEntry) =>
      state === 'pending' && this.own.has(id)
    return this.options.isConnected() && this.entries().some(isWaiting)
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

  private unacked(entry: OutboxEntry): void {
    this.unanswered.add(entry.clientMessageId)
    this.land(entry)
    this.pump(entry.roomId)
  }

  private acked(id: string, seq: number): void {
    if (!this.find(id)) return
    this.leave(id, seq)
    this.stored(id, seq)
  }

  /** The server has it: shown until the log brings it. */
  private stored(id: string, seq: number): void {
    const entry = this.change(id, { state: 'acked', seq })
    if (!entry) return
    this.land(entry)
    this.settle(entry.roomId)
    if (this.find(id)) this.later(id, EVENT_MS, () => this.options.onStored(entry.roomId, seq))
    this.pump(entry.roomId)
  }

  private refused(entry: OutboxEntry, code: string, retryAfterMs = RETRY_MS): void {
    const { clientMessageId: id, roomId } = entry
    if (this.find(id)?.state !== 'pending') return
    this.land(entry)
    if (this.isWorthWaiting(id, code)) {
      this.change(id, { code, retryAt: Date.now() + retryAfterMs })
      this.later(id, retryAfterMs, () => this.pump(roomId))
    } else {
      const failed = this.change(id, { state: 'failed', code })
      if (failed) this.save(failed)
    }
    this.pump(roomId)
  }

  private isWorthWaiting(id: string, code: string): boolean {
    if (WORTH_WAITING.includes(code)) return true
    const tries = (this.tries.get(id) ?? 0) + 1
    this.tries.set(id, tries)
    return code === 'UNAVAILABLE' && tries < UNAVAILABLE_TRIES
  }

  /** For this and the other tabs, and after a reload. */
  private save(entry: OutboxEntry): void {
    void this.storage.save(entry)
    this.channel?.say({ kind: 'saved', entry })
  }

  private leave(id: string, seq?: number): void {
    this.gone.add(id)
    void this.storage.remove(id)
    this.channel?.say({ kind: 'gone', id, seq })
  }

  private drop(id: string): void {
    const entry = this.find(id)
    if (!entry) return
    this.land(entry)
    this.write(this.entries().filter((other) => other !== entry))
    this.pump(entry.roomId)
  }

  /** No longer under way. */
  private land({ clientMessageId, roomId }: OutboxEntry): void {
    this.cancel(clientMessageId)
    if (this.flights.get(roomId)?.id === clientMessageId) this.flights.delete(roomId)
  }

  private later(id: string, delayMs: number, task: () => void): void {
    const run = () => {
      this.timers.delete(id)
      task()
    }
    this.timers.set(id, setTimeout(run, delayMs))
  }

  private cancel(id: string): void {
    clearTimeout(this.timers.get(id))
    this.timers.delete(id)
  }

  private find(id: string): OutboxEntry | undefined {
    return this.entries().find((entry) => entry.clientMessageId === id)
  }

  private change(id: string, patch: Partial<OutboxEntry>): OutboxEntry | undefined {
    this.write(
      this.entries().map((entry) =>
        entry.clientMessageId === id ? { ...entry, ...patch } : entry,
      ),
    )
    return this.find(id)
  }

  private rooms(): Set<number> {
    return new Set(this.entries().map((entry) => entry.roomId))
  }

  private entries(): readonly OutboxEntry[] {
    return this.options.queries.getQueryData<readonly OutboxEntry[]>(keys.outbox) ?? []
  }

  private write(entries: readonly OutboxEntry[]): void {
    this.options.queries.setQueryData(keys.outbox, entries)
  }
}
