import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test, vi } from 'vitest'

import { keys } from './keys'
import type { Pages } from './pages'
import { Sync } from './sync'
import { roomNamed } from './testing/rooms'

const fetchBody = vi.hoisted(() => vi.fn<(...parts: unknown[]) => Promise<unknown>>())
vi.mock('@/api/client', () => ({ fetchBody, call: vi.fn() }))

const bobs = roomNamed('Garden', { id: 1, ownerUserId: 'bob' })
const own = roomNamed('Orchard', { id: 2, ownerUserId: 'alice' })

let sync: Sync
let queries: QueryClient

beforeEach(() => {
  queries = new QueryClient()
  sync = new Sync(queries, 'alice', {} as Pages, () => undefined)
  queries.setQueryData(keys.rooms, [bobs, own])
})

const removed = (roomId: number) =>
  sync.handle({ type: 'memberRemoved', roomId, userId: 'alice', username: 'alice' })

test('a removal is told by the room’s name, and remembered for its screen', () => {
  removed(1)
  const news = { kind: 'removed', room: bobs }
  expect(sync.news.latest.get()).toEqual(news)
  expect(sync.news.departed.get().get(1)).toEqual(news)
})

test('a deletion is another matter than a removal', () => {
  sync.handle({ type: 'roomDeleted', roomId: 1 })
  expect(sync.news.latest.get()?.kind).toBe('deleted')
})

test('what one does to a room of one’s own is no news, on whichever device', () => {
  sync.handle({ type: 'roomDeleted', roomId: 2 })
  expect(sync.news.latest.get()).toBeNull()
  expect(sync.news.departed.get().has(2)).toBe(true)
})

test('leaving is no news, unless it failed', async () => {
  await sync.news.leaves.during(1, () => Promise.resolve())
  removed(1)
  expect(sync.news.latest.get()).toBeNull()

  queries.setQueryData(keys.rooms, [{ ...bobs, id: 3 }])
  const failing = sync.news.leaves.during(3, () => Promise.reject(new Error('away')))
  await expect(failing).rejects.toThrow('away')
  removed(3)
  expect(sync.news.latest.get()?.kind).toBe('removed')
})

test('an addition is told once the room is in the list, which is then a room like any other', async () => {
  removed(1)
  const observer = queries.getQueryCache().build(queries, { queryKey: keys.rooms })
  vi.spyOn(queries, 'invalidateQueries').mockImplementation(() => {
    observer.setData([bobs])
    return Promise.resolve()
  })
  sync.handle({ type: 'memberAdded', roomId: 1, userId: 'alice', username: 'alice' })
  await vi.waitFor(() => expect(sync.news.latest.get()).toEqual({ kind: 'added', room: bobs }))
  expect(sync.news.departed.get().has(1)).toBe(false)
})
