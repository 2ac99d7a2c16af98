import { QueryClient } from '@tanstack/react-query'

import { Failure } from '@/lib/failure'

import { keys } from '../keys'
import { Outbox } from '../outbox'
import type { OutboxEntry } from '../outbox-entry'
import { messageAt } from './messages'

/** A server that stores each message once, and whose answers may be lost. */
export class LossyServer {
  isUp = true
  losesAnswers = false
  readonly stored: { id: string; roomId: number; content: string }[] = []

  take(id: string, roomId: number, content: string): number {
    const known = this.stored.findIndex((message) => message.id === id)
    if (known >= 0) return known + 1
    return this.stored.push({ id, roomId, content })
  }
}

/** One tab: an outbox, the log that its server's events make, and a connection that both need. */
export class FakeTab {
  private readonly queries = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } })
  private readonly outbox: Outbox
  private readonly stop: () => void
  private isOpen = true

  constructor(
    me: string,
    private readonly server: LossyServer,
  ) {
    this.outbox = new Outbox({
      queries: this.queries,
      me,
      isConnected: () => server.isUp,
      sendAction: (action) => {
        if (!this.reaches() || action.action !== 'sendMessage') return false
        const { roomId, content } = action
        const clientMessageId = action.clientMessageId ?? ''
        const seq = server.take(clientMessageId, Number(roomId), content)
        if (!server.losesAnswers) this.answer(clientMessageId, Number(roomId), seq)
        return true
      },
      post: async ({ clientMessageId, roomId, content }) => {
        if (!this.reaches()) throw new Failure('UNREACHABLE')
        const seq = server.take(clientMessageId, roomId, content)
        if (server.losesAnswers) throw new Failure('UNREACHABLE')
        return Promise.resolve(messageAt(seq, { clientMessageId, roomId }))
      },
      onPosted: ({ roomId }) => this.outbox.settle(roomId),
      onStored: (roomId) => this.outbox.settle(roomId),
      seqInLog: ({ clientMessageId }) => {
        const index = server.stored.findIndex(({ id }) => id === clientMessageId)
        return index >= 0 && this.reaches() && !server.losesAnswers ? index + 1 : undefined
      },
      reached: () => 0,
    })
    this.stop = this.outbox.start()
  }

  get waiting(): string[] {
    const entries = this.queries.getQueryData<readonly OutboxEntry[]>(keys.outbox) ?? []
    return entries.map(({ content }) => content)
  }

  write(roomId: number, content: string): void {
    this.outbox.add(roomId, content)
  }

  /** The connection came or went, and the logs caught up. */
  connectionChanged(): void {
    this.outbox.connectionChanged()
    for (const roomId of [1, 2]) this.outbox.settle(roomId)
  }

  close(): void {
    this.isOpen = false
    this.stop()
  }

  private reaches(): boolean {
    return this.isOpen && this.server.isUp
  }

  private answer(clientMessageId: string, roomId: number, seq: number): void {
    setTimeout(() => {
      if (!this.isOpen) return
      this.outbox.handle({ type: 'ack', clientMessageId, roomId, id: seq, seq, duplicate: false })
    }, 3)
  }
}
