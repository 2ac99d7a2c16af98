import { expect, test } from 'vitest'

import type { Message } from '@/api/types'
import type { OutboxEntry } from '@/realtime/outbox-entry'

import { timeline, type TimelineItem } from './timeline'

const me = { id: 'alice', username: 'alice' }

function message(seq: number, minute: number, overrides: Partial<Message> = {}): Message {
  return {
    id: seq,
    roomId: 1,
    seq,
    userId: 'bob',
    username: 'bob',
    usernameSnapshot: 'bob',
    type: 'TEXT',
    content: `m${seq}`,
    fileUrl: null,
    clientMessageId: `c${seq}`,
    createdAt: new Date(2024, 0, 1, 12, minute).toISOString(),
    ...overrides,
  }
}

function entry(id: string, content: string): OutboxEntry {
  const createdAt = new Date(2024, 0, 1, 13).toISOString()
  return { clientMessageId: id, roomId: 1, content, createdAt, state: 'pending' }
}

function drawn(items: TimelineItem[]): string[] {
  return items.map((item) => {
    if (item.kind !== 'message') return item.kind
    return (item.isHead ? '* ' : '  ') + item.message.content
  })
}

test('messages of one person within minutes form a group', () => {
  const messages = [
    message(1, 0),
    message(2, 4),
    message(3, 20),
    message(4, 21, { userId: 'carol' }),
  ]
  const items = timeline({ messages, outbox: [], me, newAfter: null })
  expect(drawn(items)).toEqual(['day', '* m1', '  m2', '* m3', '* m4'])
})

test('a new day has a line and begins a group', () => {
  const tomorrow = new Date(2024, 0, 2, 0, 1).toISOString()
  const yesterday = new Date(2024, 0, 1, 23, 59).toISOString()
  const messages = [message(1, 0, { createdAt: yesterday }), message(2, 0, { createdAt: tomorrow })]
  const items = timeline({ messages, outbox: [], me, newAfter: null })
  expect(drawn(items)).toEqual(['day', '* m1', 'day', '* m2'])
})

test('what waits to be sent comes last, and only once', () => {
  const messages = [message(1, 0), message(2, 1, { userId: 'alice', clientMessageId: 'x' })]
  const outbox = [entry('x', 'm2'), entry('y', 'later')]
  const items = timeline({ messages, outbox, me, newAfter: null })
  expect(drawn(items)).toEqual(['day', '* m1', '* m2', '* later'])
})

test('a message has the same key before and after the log has it', () => {
  const before = timeline({ messages: [], outbox: [entry('x', 'hi')], me, newAfter: null })
  const messages = [message(1, 0, { userId: 'alice', clientMessageId: 'x' })]
  const after = timeline({ messages, outbox: [], me, newAfter: null })
  expect(before.at(-1)?.key).toBe(after.at(-1)?.key)
})

test('the line of new messages stands before the first of somebody else', () => {
  const messages = [message(1, 0), message(2, 1, { userId: 'alice' }), message(3, 2), message(4, 3)]
  const items = timeline({ messages, outbox: [], me, newAfter: 1 })
  expect(drawn(items)).toEqual(['day', '* m1', '* m2', 'new', '* m3', '  m4'])
})
