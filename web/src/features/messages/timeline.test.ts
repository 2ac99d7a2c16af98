import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Message } from '@/api/types'
import { dayKey } from '@/i18n/dates'
import type { OutboxEntry } from '@/realtime/outbox-entry'

import { timeline, type Timeline } from './timeline'

const me = { id: 'alice', username: 'alice' }
const nothing = { hasOlder: false, outbox: [], me, newAfter: null }

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

function drawn({ count, itemAt }: Timeline): string[] {
  return Array.from({ length: count }, (_, index) => itemAt(index)).flatMap((item) => [
    ...(item.startsDay ? ['day'] : []),
    ...(item.isFirstNew ? ['new'] : []),
    (item.isHead ? '* ' : '  ') + item.message.content,
  ])
}

test('messages of one person within minutes form a group', () => {
  const messages = [
    message(1, 0),
    message(2, 4),
    message(3, 20),
    message(4, 21, { userId: 'carol' }),
  ]
  expect(drawn(timeline({ ...nothing, messages }))).toEqual(['day', '* m1', '  m2', '* m3', '* m4'])
})

test('a new day has a line and begins a group', () => {
  const tomorrow = new Date(2024, 0, 2, 0, 1).toISOString()
  const yesterday = new Date(2024, 0, 1, 23, 59).toISOString()
  const messages = [message(1, 0, { createdAt: yesterday }), message(2, 0, { createdAt: tomorrow })]
  expect(drawn(timeline({ ...nothing, messages }))).toEqual(['day', '* m1', 'day', '* m2'])
})

test('what waits to be sent comes last, and only once', () => {
  const messages = [message(1, 0), message(2, 1, { userId: 'alice', clientMessageId: 'x' })]
  const outbox = [entry('x', 'm2'), entry('y', 'later')]
  const rows = timeline({ ...nothing, messages, outbox })
  expect(drawn(rows)).toEqual(['day', '* m1', '* m2', '* later'])
})

test('a message of somebody else with the same id does not take the place of what waits', () => {
  const messages = [message(1, 0, { clientMessageId: 'x' })]
  const rows = timeline({ ...nothing, messages, outbox: [entry('x', 'mine')] })
  expect(drawn(rows)).toEqual(['day', '* m1', '* mine'])
  expect(rows.keyAt(0)).not.toBe(rows.keyAt(1))
})

test('a message has the same key before and after the log has it', () => {
  const before = timeline({ ...nothing, messages: [], outbox: [entry('x', 'hi')] })
  const messages = [message(1, 0, { userId: 'alice', clientMessageId: 'x' })]
  const after = timeline({ ...nothing, messages })
  expect(before.keyAt(0)).toBe(after.keyAt(0))
})

test('the line of new messages stands before the first of somebody else', () => {
  const messages = [message(1, 0), message(2, 1, { userId: 'alice' }), message(3, 2), message(4, 3)]
  const rows = timeline({ ...nothing, messages, newAfter: 1 })
  expect(drawn(rows)).toEqual(['day', '* m1', '* m2', 'new', '* m3', '  m4'])
  expect(rows.firstNew).toBe(2)
})

test('there is no line of new messages before the first of them is loaded', () => {
  const messages = [message(8, 0), message(9, 1)]
  const rows = timeline({ ...nothing, messages, hasOlder: true, newAfter: 3 })
  expect(rows.firstNew).toBeNull()
  expect(drawn(rows)).not.toContain('new')
})

/** Everything, in one walk from the first message to the last. */
function plain(messages: readonly Message[], outbox: OutboxEntry[], newAfter: number | null) {
  const own = new Set(messages.filter((one) => one.userId === me.id).map((m) => m.clientMessageId))
  const waiting = outbox.filter((one) => !own.has(one.clientMessageId))
  const all = [
    ...messages.map((one) => ({ ...one, isLogged: true })),
    ...waiting.map((one) => ({ ...one, userId: me.id, seq: Infinity, isLogged: false })),
  ]
  const rows: string[] = []
  let needsLine = newAfter !== null
  let previous: (typeof all)[number] | undefined
  for (const one of all) {
    const startsDay = !previous || dayKey(previous.createdAt) !== dayKey(one.createdAt)
    const isNew = one.isLogged && one.userId !== me.id && one.seq > (newAfter ?? Infinity)
    const hasLine = needsLine && isNew
    if (hasLine) needsLine = false
    const pause = Date.parse(one.createdAt) - Date.parse(previous?.createdAt ?? one.createdAt)
    const follows = previous?.userId === one.userId && pause < 5 * 60_000
    if (startsDay) rows.push('day')
    if (hasLine) rows.push('new')
    rows.push((startsDay || hasLine || !follows ? '* ' : '  ') + one.content)
    previous = one
  }
  return rows
}

const room = fc.record({
  pauses: fc.array(fc.constantFrom(0, 1, 4, 5, 300, 1500), { maxLength: 30 }),
  authors: fc.array(fc.constantFrom('alice', 'bob', 'carol'), { minLength: 30, maxLength: 30 }),
  sent: fc.uniqueArray(fc.nat(35), { maxLength: 5 }),
  newAfter: fc.option(fc.nat(32)),
})

type Room = typeof room extends fc.Arbitrary<infer T> ? T : never

function roomOf({ pauses, authors, sent }: Room) {
  let minute = 0
  const messages = pauses.map((pause, index) =>
    message(index + 1, (minute += pause), { userId: authors[index] ?? 'bob' }),
  )
  return { messages, outbox: sent.map((n) => entry(`c${n}`, `sent ${n}`)) }
}

test('row by row it is what one walk through all messages gives', () => {
  fc.assert(
    fc.property(room, (one) => {
      const { messages, outbox } = roomOf(one)
      const { newAfter } = one
      const rows = timeline({ ...nothing, messages, outbox, newAfter })
      expect(drawn(rows)).toEqual(plain(messages, outbox, newAfter))
      const keys = Array.from({ length: rows.count }, (_, index) => rows.keyAt(index))
      expect(new Set(keys).size).toBe(rows.count)
    }),
    { numRuns: 2000 },
  )
})

test('no row changes when earlier messages arrive', () => {
  fc.assert(
    fc.property(room, fc.nat(30), fc.nat(30), (one, here, there) => {
      const { messages } = roomOf(one)
      const later = Math.min(here, Math.max(0, messages.length - 1))
      // The line is worked out for what is loaded: here it is loaded from the start, or there is none.
      const newAfter = one.newAfter !== null && one.newAfter >= later ? one.newAfter : null
      const earlier = Math.min(there, later)
      const loaded = (from: number) =>
        timeline({ ...nothing, messages: messages.slice(from), hasOlder: from > 0, newAfter })
      const before = loaded(later)
      const after = loaded(earlier)
      const first = after.count - before.count
      for (let index = 0; index < before.count; index += 1) {
        expect(after.keyAt(first + index)).toBe(before.keyAt(index))
        expect(after.itemAt(first + index)).toEqual(before.itemAt(index))
      }
    }),
    { numRuns: 2000 },
  )
})
