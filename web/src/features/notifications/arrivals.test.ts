import { beforeEach, expect, test } from 'vitest'

import { messageAt } from '@/realtime/testing/messages'
import { roomNamed } from '@/realtime/testing/rooms'

import { Arrivals } from './arrivals'

const garden = roomNamed('Garden', { id: 1, lastSeq: 2, lastReadSeq: 2 })
const news = {
  ...garden,
  lastSeq: 3,
  unread: 1,
  lastMessage: messageAt(3, { userId: 'bob' }),
}

let arrivals: Arrivals

beforeEach(() => {
  arrivals = new Arrivals('alice')
  arrivals.begin([garden])
})

test('what others write is news once', () => {
  expect(arrivals.next([news])).toEqual([news])
  expect(arrivals.next([news])).toEqual([])
})

test('what is there at the beginning is none', () => {
  const late = new Arrivals('alice')
  expect(late.next([news])).toEqual([])
  late.begin([news])
  expect(late.next([news])).toEqual([])
})

test('one’s own words are none, and neither is what was read elsewhere', () => {
  const own = { ...news, lastMessage: messageAt(3, { userId: 'alice' }) }
  expect(arrivals.next([own])).toEqual([])
  expect(arrivals.next([{ ...news, lastSeq: 4, lastReadSeq: 4, unread: 0 }])).toEqual([])
})

test('a room that one was added to is news once something is written there', () => {
  const added = roomNamed('Orchard', { id: 2, lastSeq: 7, lastReadSeq: 7 })
  expect(arrivals.next([garden, added])).toEqual([])
  const written = { ...added, lastSeq: 8, unread: 1, lastMessage: messageAt(8, { userId: 'bob' }) }
  expect(arrivals.next([garden, written])).toEqual([written])
})

test('of many rooms at once the latest three are told', () => {
  const minutes = [4, 9, 1, 8, 7]
  const many = minutes.map((minute, index) => ({
    ...news,
    id: index + 1,
    lastMessage: { ...news.lastMessage, createdAt: `2024-01-01T12:0${minute}:00.000Z` },
  }))
  expect(arrivals.next(many).map(({ id }) => id)).toEqual([2, 4, 5])
})
