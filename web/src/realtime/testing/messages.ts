import type { Message } from '@/api/types'

/** A message whose every field follows from its `seq`, so that equal logs are equal in all. */
export function messageAt(seq: number, overrides: Partial<Message> = {}): Message {
  return {
    id: 1000 + seq,
    roomId: 1,
    seq,
    userId: seq % 2 === 0 ? 'alice' : 'bob',
    username: seq % 2 === 0 ? 'alice' : 'bob',
    usernameSnapshot: seq % 2 === 0 ? 'alice' : 'bob',
    type: 'TEXT',
    content: `message ${seq}`,
    fileUrl: null,
    clientMessageId: `c${seq}`,
    createdAt: new Date(Date.UTC(2024, 0, 1, 12, 0, seq)).toISOString(),
    ...overrides,
  }
}

/** A server's log of one room, and the pages that it gives of it. */
export class ServerLog {
  readonly messages: Message[] = []

  constructor(private readonly pageSize: number) {}

  get lastSeq(): number {
    return this.messages.length
  }

  commit(overrides: Partial<Message> = {}): Message {
    const message = messageAt(this.lastSeq + 1, overrides)
    this.messages.push(message)
    return message
  }

  newest() {
    const start = Math.max(0, this.lastSeq - this.pageSize)
    return { messages: this.messages.slice(start), hasMore: start > 0 }
  }

  before(seq: number) {
    const start = Math.max(0, seq - 1 - this.pageSize)
    return { messages: this.messages.slice(start, seq - 1), hasMore: start > 0 }
  }

  after(seq: number) {
    const end = seq + this.pageSize
    return { messages: this.messages.slice(seq, end), hasMore: end < this.lastSeq }
  }
}
