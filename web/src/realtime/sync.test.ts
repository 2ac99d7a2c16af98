import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import type { RoomSummary } from '@/api/types'

import { keys } from './keys'
import type { Pages } from './pages'
import { openLog, type RoomLog } from './room-log'
import { Sync } from './sync'
import { messageAt } from './testing/messages'

const fetchBody = vi.hoisted(() => vi.fn<(...parts: unknown[]) => Promise<unknown>>())
vi.mock('@/api/client', () => ({ fetchBody, call: vi.fn() }))

const garden: RoomSummary = {
  id: 1,
  name: 'Garden',
  ownerUserId: 'alice',
  ownerUsernameSnapshot: 'alice',
  createdAt: '2024-01-01T12:00:00.000Z',
  lastSeq: 2,
  lastReadSeq: 2,
  unread: 0,
  lastMessage: null,
}
const general: RoomSummary = { ...garden, id: 9, name: 'general', ownerUserId: null }
const pages = { newest: vi.fn(), before: vi.fn(), after: vi.fn() } as unknown as Pages

let queries: QueryClient
let sync: Sync

beforeEach(() => {
  fetchBody.mockReset().mockResolvedValue([])
  queries = new QueryClient()
  sync = new Sync(queries, 'alice', pages, () => undefined)
  queries.setQueryData(keys.general, general)
  queries.setQueryData(keys.rooms, [garden])
  queries.setQueryData(keys.log(1), openLog([messageAt(1), messageAt(2)], false))
})

const rooms = () => queries.getQueryData<RoomSummary[]>(keys.rooms)
const log = () => queries.getQueryData<RoomLog>(keys.log(1))

describe('an event', () => {
  test('of many messages in a room that is not listed yet does not put off the list', async () => {
    const orchard = { ...garden, id: 2, name: 'Orchard' }
    const answers: ((rooms: RoomSummary[]) => void)[] = []
    const stop = new QueryObserver(queries, {
      queryKey: keys.rooms,
      queryFn: () => sync.rooms.loadRooms(),
      staleTime: Infinity,
    }).subscribe(() => undefined)
    fetchBody.mockImplementation(() => new Promise((resolve) => answers.push(resolve)))
    for (let seq = 1; seq <= 100; seq += 1) {
      sync.handle({ type: 'message', roomId: 2, message: { ...messageAt(seq), roomId: 2 } })
      await Promise.resolve()
    }
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    answers[0]?.([garden, orchard])
    await vi.waitFor(() => expect(rooms()?.map((room) => room.name)).toEqual(['Garden', 'Orchard']))
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.([garden, orchard])
    stop()
  })

  test('of a new room counts although the first answer, from before it, comes after it', async () => {
    const orchard = { ...garden, id: 2, name: 'Orchard' }
    queries.clear()
    let answer: (rooms: RoomSummary[]) => void = () => undefined
    fetchBody.mockImplementation(() => new Promise((resolve) => (answer = resolve)))
    const stop = new QueryObserver(queries, {
      queryKey: keys.rooms,
      queryFn: () => sync.rooms.loadRooms(),
    }).subscribe(() => undefined)
    sync.handle({ type: 'memberAdded', roomId: 2, userId: 'alice', username: 'alice' })
    fetchBody.mockResolvedValue([garden, orchard])
    answer([garden])
    await vi.waitFor(() => expect(rooms()).toEqual([garden, orchard]))
    stop()
  })

  test('of a message reaches the log and the list', () => {
    const message = messageAt(3, { userId: 'bob' })
    sync.handle({ type: 'message', roomId: 1, message })
    expect(log()?.messages.at(-1)).toEqual(message)
    expect(rooms()?.[0]).toMatchObject({ lastSeq: 3, unread: 1, lastMessage: message })
  })

  test('of reading elsewhere lowers the count here', () => {
    sync.handle({ type: 'message', roomId: 1, message: messageAt(3, { userId: 'bob' }) })
    sync.handle({ type: 'read', roomId: 1, seq: 3 })
    expect(rooms()?.[0]?.unread).toBe(0)
  })

  test('of one’s own removal takes the room and its log away', () => {
    sync.handle({ type: 'memberRemoved', roomId: 1, userId: 'alice', username: 'alice' })
    expect(rooms()).toEqual([])
    expect(log()).toBeUndefined()
  })

  test('of somebody else’s removal leaves the room where it is', () => {
    sync.handle({ type: 'memberRemoved', roomId: 1, userId: 'bob', username: 'bob' })
    expect(rooms()).toEqual([garden])
  })

  test('of a deletion takes the room away', () => {
    sync.handle({ type: 'roomDeleted', roomId: 1 })
    expect(rooms()).toEqual([])
  })

  test('of a new name renames the room and keeps what is unread', () => {
    const { id, ownerUserId, ownerUsernameSnapshot, createdAt } = garden
    const room = { id, ownerUserId, ownerUsernameSnapshot, createdAt, name: 'Orchard' }
    sync.handle({ type: 'roomUpdated', room })
    expect(rooms()).toEqual([{ ...garden, name: 'Orchard' }])
  })

  test('of many who join together asks for the members now and once more', async () => {
    vi.useFakeTimers()
    const asked = vi.spyOn(queries, 'invalidateQueries')
    for (let n = 0; n < 300; n += 1) {
      sync.handle({ type: 'memberAdded', roomId: 1, userId: `user${n}`, username: `user${n}` })
    }
    expect(asked).toHaveBeenCalledExactlyOnceWith({ queryKey: keys.members(1) })
    await vi.advanceTimersByTimeAsync(5000)
    expect(asked).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
  })

  test('is forgotten when the server was set back to an earlier state', async () => {
    sync.handle({ type: 'message', roomId: 1, message: messageAt(3, { userId: 'bob' }) })
    sync.handle({ type: 'read', roomId: 1, seq: 3 })
    fetchBody.mockResolvedValue([garden])
    expect((await sync.rooms.loadRooms())[0]).toMatchObject({ lastSeq: 3, lastReadSeq: 3 })
    sync.rooms.connected([{ roomId: 1, lastSeq: 2 }])
    expect(await sync.rooms.loadRooms()).toEqual([garden])
  })

  test('is not undone by an answer that was on its way', async () => {
    fetchBody.mockResolvedValue([garden])
    const message = messageAt(3, { userId: 'bob' })
    const loading = sync.rooms.loadRooms()
    sync.handle({ type: 'message', roomId: 1, message })
    expect((await loading)[0]).toMatchObject({ lastSeq: 3, unread: 1, lastMessage: message })
  })
})
