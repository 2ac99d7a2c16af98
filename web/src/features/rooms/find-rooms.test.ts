import { expect, test } from 'vitest'

import type { RoomSummary } from '@/api/types'

import { findRooms } from './find-rooms'

function named(title: string, createdAt: string, unread = 0) {
  return { title, room: { id: title.length, createdAt, unread, lastMessage: null } as RoomSummary }
}

const rooms = [
  named('Général', '2024-01-01'),
  named('Garden', '2024-01-02'),
  named('Old games', '2024-01-03', 2),
  named('Book club', '2024-01-04'),
]
const titles = (query: string) => findRooms(rooms, query).map(({ title }) => title)

test('with nothing typed unread rooms come first, then recent ones', () => {
  expect(titles('')).toEqual(['Old games', 'Book club', 'Garden', 'Général'])
})

test('the better match comes first, unread or not', () => {
  expect(titles('ga')).toEqual(['Garden', 'Old games', 'Général'])
})

test('the general room is found by what it is called here, without its accents', () => {
  expect(titles('gener')).toEqual(['Général'])
})

test('what nobody called a room finds nothing', () => {
  expect(titles('zebra')).toEqual([])
})
