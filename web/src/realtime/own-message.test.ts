import { expect, test } from 'vitest'

import type { OutboxEntry } from './outbox-entry'
import { seqInLog } from './own-message'
import { openLog } from './room-log'
import { messageAt } from './testing/messages'

const entry: OutboxEntry = {
  clientMessageId: 'mine',
  roomId: 1,
  content: 'hello',
  createdAt: '2024-01-01T12:00:00.000Z',
  after: 2,
  state: 'pending',
}
const mine = { userId: 'alice', clientMessageId: 'mine' }

test('the message of an entry is found by its sender and id', () => {
  const log = openLog([messageAt(2), messageAt(3, mine), messageAt(4)], false)
  expect(seqInLog(log, 'alice', entry)).toBe(3)
  expect(seqInLog(log, 'bob', entry)).toBeUndefined()
  expect(seqInLog(log, 'alice', { ...entry, clientMessageId: 'other' })).toBeUndefined()
})

test('what was there when the entry was written is not looked at', () => {
  const messages = Array.from({ length: 50_000 }, (_, index) => messageAt(index + 1, mine))
  const looked = new Set<string | symbol>()
  const log = openLog(
    new Proxy(messages, {
      get: (target, key, receiver): unknown => {
        looked.add(key)
        return Reflect.get(target, key, receiver)
      },
    }),
    false,
  )
  expect(seqInLog(log, 'alice', { ...entry, after: 50_000 })).toBeUndefined()
  expect([...looked].filter((key) => Number(key) >= 0)).toEqual(['49999'])
})

test('an acknowledged entry is there once the log reaches it', () => {
  const acked: OutboxEntry = { ...entry, state: 'acked', seq: 3 }
  expect(seqInLog(openLog([messageAt(2)], false), 'alice', acked)).toBeUndefined()
  expect(seqInLog(openLog([messageAt(2), messageAt(3)], false), 'alice', acked)).toBe(3)
})

test('of a room that is not loaded an acknowledged entry comes with the room, a pending one waits', () => {
  expect(seqInLog(undefined, 'alice', { ...entry, state: 'acked', seq: 3 })).toBe(3)
  expect(seqInLog(undefined, 'alice', entry)).toBeUndefined()
})
