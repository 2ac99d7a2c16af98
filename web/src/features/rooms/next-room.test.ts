import { expect, test } from 'vitest'

import type { RoomSummary } from '@/api/types'

import { nextRoom } from './next-room'

const rooms = [0, 1, 2, 3].map((id) => ({ id, unread: id === 2 ? 4 : 0 }) as RoomSummary)
const id = (...args: Parameters<typeof nextRoom>) => nextRoom(...args)?.id

test('steps go to the neighbours, and round the ends', () => {
  expect(id(rooms, 1, { by: 1, toUnread: false })).toBe(2)
  expect(id(rooms, 1, { by: -1, toUnread: false })).toBe(0)
  expect(id(rooms, 3, { by: 1, toUnread: false })).toBe(0)
  expect(id(rooms, 0, { by: -1, toUnread: false })).toBe(3)
})

test('steps to what is unread pass over the rest', () => {
  expect(id(rooms, 0, { by: 1, toUnread: true })).toBe(2)
  expect(id(rooms, 0, { by: -1, toUnread: true })).toBe(2)
  expect(id(rooms, 2, { by: 1, toUnread: true })).toBeUndefined()
})

test('from a room that is not in the list the steps start at its ends', () => {
  expect(id(rooms, undefined, { by: 1, toUnread: false })).toBe(0)
  expect(id(rooms, 99, { by: -1, toUnread: false })).toBe(3)
  expect(id([], undefined, { by: 1, toUnread: false })).toBeUndefined()
})
