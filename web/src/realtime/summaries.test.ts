import { expect, test } from 'vitest'

import type { RoomSummary } from '@/api/types'

import { withMessage, withRead } from './summaries'
import { messageAt } from './testing/messages'

const room: RoomSummary = {
  id: 1,
  name: 'Garden',
  ownerUserId: 'alice',
  ownerUsernameSnapshot: 'alice',
  createdAt: '2024-01-01T12:00:00.000Z',
  lastSeq: 4,
  lastReadSeq: 3,
  unread: 1,
  lastMessage: messageAt(4),
}

test('a message of somebody else is unread', () => {
  const message = messageAt(5, { userId: 'bob' })
  expect(withMessage(room, message, 'alice')).toMatchObject({ lastSeq: 5, unread: 2 })
})

test('a message of one’s own moves what one has read', () => {
  const message = messageAt(5, { userId: 'alice' })
  const next = withMessage(room, message, 'alice')
  expect(next).toMatchObject({ lastSeq: 5, lastReadSeq: 5, unread: 0, lastMessage: message })
})

test('old news changes nothing', () => {
  expect(withMessage(room, messageAt(2, { userId: 'bob' }), 'alice')).toBe(room)
  expect(withRead(room, 3)).toBe(room)
})

test('reading lowers the count', () => {
  expect(withRead(room, 4)).toMatchObject({ lastReadSeq: 4, unread: 0 })
})
