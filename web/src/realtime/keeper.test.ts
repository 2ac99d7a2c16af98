import 'fake-indexeddb/auto'

import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import type { RoomSummary } from '@/api/types'
import { Failure } from '@/lib/failure'
import { randomId } from '@/lib/ids'

import { Keeper } from './keeper'
import { keys } from './keys'
import { loadLog, loadRooms, wipeKept } from './kept-storage'
import { openLog, receive } from './room-log'
import { messageAt } from './testing/messages'

// The database works in turns of its own, which must go on.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

function summary(id: number, name: string): RoomSummary {
  return {
    id,
    name,
    ownerUserId: null,
    ownerUsernameSnapshot: null,
    createdAt: '2024-01-01T12:00:00.000Z',
    lastSeq: 0,
    lastReadSeq: 0,
    unread: 0,
    lastMessage: null,
  }
}

function visit(me: string) {
  const queries = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } })
  const world = { isSignedIn: true }
  const keeper = new Keeper({ queries, me, isSignedIn: () => world.isSignedIn })
  const stop = keeper.start()
  const away = () => Promise.reject(new Failure('UNREACHABLE'))
  const log = (roomId: number, load: () => Promise<ReturnType<typeof openLog>>) => {
    const catchUp = vi.fn()
    const loaded = queries.query({
      queryKey: keys.log(roomId),
      queryFn: () => keeper.log(roomId, load, catchUp),
      retry: false,
    })
    return { loaded, catchUp }
  }
  return { queries, keeper, world, stop, away, log }
}

const page = (from: number, to: number) =>
  openLog(
    Array.from({ length: to - from + 1 }, (_, index) => messageAt(from + index)),
    from > 1,
  )

async function lastVisit(me: string): Promise<void> {
  const { queries, stop } = visit(me)
  queries.setQueryData(keys.general, summary(1, 'general'))
  queries.setQueryData(keys.rooms, [summary(2, 'Garden')])
  queries.setQueryData(keys.log(1), page(1, 250))
  await pass(2000)
  stop()
}

describe('what was seen last', () => {
  test('is there when the server is away, and said to be old', async () => {
    const me = randomId()
    await lastVisit(me)
    const seenAt = Date.now()
    await pass(60_000)
    const { keeper, away, log } = visit(me)
    await expect(keeper.general(away)).resolves.toMatchObject({ name: 'general' })
    await expect(keeper.rooms(away)).resolves.toMatchObject([{ name: 'Garden' }])
    const { messages, hasOlder, isOpenEnded } = await log(1, away).loaded
    expect(messages.map(({ seq }) => seq)).toEqual(page(151, 250).messages.map(({ seq }) => seq))
    expect({ hasOlder, isOpenEnded }).toEqual({ hasOlder: true, isOpenEnded: true })
    expect(keeper.shownFrom.get()).toBe(seenAt)
  })

  test('gives way to what the server says', async () => {
    const me = randomId()
    await lastVisit(me)
    const { keeper, log } = visit(me)
    await expect(log(1, () => Promise.resolve(page(251, 300))).loaded).resolves.toEqual(
      page(251, 300),
    )
    expect(keeper.shownFrom.get()).toBeNull()
  })

  test('is shown while the server takes long, and caught up with when it answers', async () => {
    const me = randomId()
    await lastVisit(me)
    const { log } = visit(me)
    const slow = () =>
      new Promise<ReturnType<typeof openLog>>((resolve) =>
        setTimeout(() => resolve(page(251, 300)), 10_000),
      )
    const { loaded, catchUp } = log(1, slow)
    await pass(3000)
    expect((await loaded).messages.at(-1)?.seq).toBe(250)
    expect(catchUp).not.toHaveBeenCalled()
    await pass(7000)
    expect(catchUp).toHaveBeenCalledOnce()
  })

  test('does not hide that the server refused', async () => {
    const me = randomId()
    await lastVisit(me)
    const { log } = visit(me)
    const refused = () => Promise.reject(new Failure('NOT_FOUND', { status: 404 }))
    await expect(log(1, refused).loaded).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is nothing for a room that was not opened', async () => {
    const me = randomId()
    await lastVisit(me)
    const { log, away } = visit(me)
    await expect(log(2, away).loaded).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  test('does not grow old by being shown', async () => {
    const me = randomId()
    await lastVisit(me)
    const { at } = (await loadLog(me, 1)) ?? {}
    await pass(60_000)
    const { log, away, queries } = visit(me)
    await log(1, away).loaded
    await pass(2000)
    expect((await loadLog(me, 1))?.at).toBe(at)
    queries.setQueryData(keys.log(1), receive(page(151, 250), messageAt(251)))
    await pass(2000)
    expect((await loadLog(me, 1))?.at).toBeGreaterThan(at ?? Infinity)
  })

  test('is loaded anew when it is far behind, and caught up with when it is not', async () => {
    const me = randomId()
    await lastVisit(me)
    for (const [lastSeq, isKept] of [
      [1250, true],
      [1251, false],
    ] as const) {
      const { log, away, queries, keeper } = visit(me)
      await log(1, away).loaded
      keeper.connected([{ roomId: 1, lastSeq }])
      expect(queries.getQueryData(keys.log(1)) !== undefined).toBe(isKept)
      expect(keeper.shownFrom.get()).toBeNull()
    }
  })
})

describe('what is kept', () => {
  test('is of the twenty rooms that changed last', async () => {
    const me = randomId()
    const { queries } = visit(me)
    for (let id = 1; id <= 22; id += 1) {
      queries.setQueryData(keys.log(id), page(1, 1))
      await pass(2000)
    }
    expect(await loadLog(me, 2)).toBeUndefined()
    expect(await loadLog(me, 3)).toBeDefined()
    expect(await loadLog(me, 22)).toBeDefined()
    await wipeKept()
  })

  test('holds nothing of a room that one is no longer in', async () => {
    const me = randomId()
    const { queries } = visit(me)
    queries.setQueryData(keys.general, summary(1, 'general'))
    queries.setQueryData(keys.rooms, [summary(2, 'Garden')])
    queries.setQueryData(keys.log(2), page(1, 3))
    await pass(2000)
    expect(await loadLog(me, 2)).toBeDefined()
    queries.setQueryData(keys.rooms, [])
    await pass(2000)
    expect(await loadLog(me, 2)).toBeUndefined()
  })

  test('is wiped, and a write that comes late leaves nothing', async () => {
    const me = randomId()
    await lastVisit(me)
    expect(await loadRooms(me)).toBeDefined()
    const { queries, world } = visit(me)
    queries.setQueryData(keys.general, summary(1, 'general'))
    queries.setQueryData(keys.rooms, [])
    queries.setQueryData(keys.log(1), page(1, 3))
    world.isSignedIn = false
    await wipeKept()
    await pass(2000)
    expect(await loadRooms(me)).toBeUndefined()
    expect(await loadLog(me, 1)).toBeUndefined()
  })

  test("is nobody else's", async () => {
    await lastVisit(randomId())
    const { keeper, away } = visit(randomId())
    await expect(keeper.general(away)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })
})
