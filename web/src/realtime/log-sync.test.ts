import { QueryClient, QueryObserver } from '@tanstack/react-query'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { Failure } from '@/lib/failure'

import { keys } from './keys'
import { LogSync } from './log-sync'
import type { Pages } from './pages'
import type { RoomLog } from './room-log'
import { messageAt, ServerLog } from './testing/messages'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp(server: ServerLog, pages: Partial<Pages> = {}) {
  const queries = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } })
  const sync = new LogSync(
    queries,
    {
      newest: () => Promise.resolve(server.newest()),
      before: (_, seq) => Promise.resolve(server.before(seq)),
      after: (_, seq) => Promise.resolve(server.after(seq)),
      ...pages,
    },
    () => undefined,
  )
  const open = () => queries.query({ queryKey: keys.log(1), queryFn: () => sync.load(1) })
  const log = () => queries.getQueryData<RoomLog>(keys.log(1))
  const show = () =>
    new QueryObserver(queries, { queryKey: keys.log(1), queryFn: () => sync.load(1) }).subscribe(
      () => undefined,
    )
  return { sync, open, log, show }
}

function serverWith(count: number, pageSize = 3): ServerLog {
  const server = new ServerLog(pageSize)
  for (let index = 0; index < count; index += 1) server.commit()
  return server
}

describe('log sync', () => {
  test('catches up page by page when the connection is back', async () => {
    const server = serverWith(2)
    const { sync, open, log } = setUp(server)
    await open()
    sync.lost()
    for (let index = 0; index < 10; index += 1) server.commit()
    sync.connected([{ roomId: 1, lastSeq: 12 }])
    await vi.runAllTimersAsync()
    expect(log()?.messages).toEqual(server.messages)
  })

  test('forgets what a server that was set back to an earlier state does not have any more', async () => {
    const server = serverWith(8)
    const { sync, open, log, show } = setUp(server)
    const hide = show()
    await open()
    expect(log()?.messages.at(-1)).toEqual(messageAt(8))
    server.messages.length = 4
    sync.lost()
    sync.connected([{ roomId: 1, lastSeq: 4 }])
    await vi.runAllTimersAsync()
    expect(log()?.messages.at(-1)).toEqual(messageAt(4))
    sync.receive(server.commit({ content: 'after the restore' }))
    expect(log()?.messages.at(-1)?.content).toBe('after the restore')

    hide()
    server.messages.length = 2
    sync.connected([{ roomId: 1, lastSeq: 2 }])
    expect(log()).toBeUndefined()
  })

  test('loads back to a message, and not further', async () => {
    const { sync, open, log } = setUp(serverWith(30))
    await open()
    await sync.loadBackTo(1, 14, new AbortController().signal)
    expect(
      log()
        ?.messages.map(({ seq }) => seq)
        .slice(0, 3),
    ).toEqual([13, 14, 15])
    await sync.loadBackTo(1, 0, new AbortController().signal)
    expect(log()?.messages).toHaveLength(30)
  })

  test('stops loading back when it is told to, and keeps what it has', async () => {
    const server = serverWith(30)
    const journey = new AbortController()
    const before = vi.fn<Pages['before']>((_, seq) => {
      if (seq < 20) journey.abort()
      return Promise.resolve(server.before(seq))
    })
    const { sync, open, log } = setUp(server, { before })
    await open()
    await sync.loadBackTo(1, 1, journey.signal)
    expect(log()?.messages[0]?.seq).toBe(16)
    expect(before).toHaveBeenCalledTimes(4)
  })

  test('knows when a message was written, loaded or not', async () => {
    const server = serverWith(30)
    const after = vi.fn<Pages['after']>((_, seq) => Promise.resolve(server.after(seq)))
    const { sync, open } = setUp(server, { after })
    await open()
    expect(await sync.timeOf(1, 29)).toBe(messageAt(29).createdAt)
    expect(after).not.toHaveBeenCalled()
    expect(await sync.timeOf(1, 4)).toBe(messageAt(4).createdAt)
    expect(await sync.timeOf(1, 31)).toBeNull()
  })

  test('catches up with a room of which the connection says nothing', async () => {
    const server = serverWith(2)
    const { sync, open, log } = setUp(server)
    await open()
    server.commit()
    sync.connected([])
    await vi.runAllTimersAsync()
    expect(log()?.messages).toEqual(server.messages)
  })

  test('fills what happened while the first page was on its way', async () => {
    const server = serverWith(2)
    const page = server.newest()
    const { sync, open, log } = setUp(server, { newest: () => Promise.resolve(page) })
    const opening = open()
    sync.receive(server.commit())
    await opening
    await vi.runAllTimersAsync()
    expect(log()?.messages).toEqual(server.messages)
  })

  test('asks again, and not at once, after a page failed', async () => {
    const server = serverWith(2)
    const after = vi
      .fn<Pages['after']>()
      .mockRejectedValueOnce(new Failure('UNREACHABLE'))
      .mockImplementation((_, seq) => Promise.resolve(server.after(seq)))
    const { sync, open, log } = setUp(server, { after })
    await open()
    server.commit()
    sync.receive(server.commit())
    await vi.advanceTimersByTimeAsync(0)
    expect(after).toHaveBeenCalledTimes(1)
    await vi.runAllTimersAsync()
    expect(log()?.messages).toEqual(server.messages)
  })

  test('stops asking for a room that is no longer ours', async () => {
    const server = serverWith(2)
    const after = vi
      .fn<Pages['after']>()
      .mockRejectedValue(new Failure('NOT_FOUND', { status: 404 }))
    const { sync, open } = setUp(server, { after })
    await open()
    await vi.runAllTimersAsync()
    sync.receive(messageAt(9))
    await vi.runAllTimersAsync()
    expect(after).toHaveBeenCalledTimes(1)
  })

  test('loads earlier pages until there are none', async () => {
    const server = serverWith(8)
    const { sync, open, log } = setUp(server)
    await open()
    while (log()?.hasOlder) await sync.loadOlder(1)
    expect(log()?.messages).toEqual(server.messages)
  })

  test('ends with the snapshot however answers and events interleave', async () => {
    vi.useRealTimers()
    const commands = fc.array(fc.constantFrom('commit', 'commit', 'lose', 'reconnect'), {
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), commands, async (scheduler, steps) => {
        const server = serverWith(4)
        const answer = <T>(value: T) => scheduler.schedule(Promise.resolve(value))
        const { sync, open, log } = setUp(server, {
          newest: () => answer(server.newest()),
          after: (_, seq) => answer(server.after(seq)),
        })
        let connection = 1
        let isConnected = true
        const opening = open()
        scheduler.scheduleSequence(
          steps.map((step) => () => {
            if (step === 'commit') {
              const message = server.commit()
              const sentOn = connection
              if (isConnected) {
                void scheduler.schedule(Promise.resolve()).then(() => {
                  if (sentOn === connection) sync.receive(message)
                })
              }
            } else if (step === 'lose') {
              connection += 1
              isConnected = false
              sync.lost()
            } else {
              connection += 1
              isConnected = true
              sync.connected([{ roomId: 1, lastSeq: server.lastSeq }])
            }
            return Promise.resolve()
          }),
        )
        await scheduler.waitIdle()
        await opening
        sync.connected([{ roomId: 1, lastSeq: server.lastSeq }])
        await scheduler.waitIdle()
        expect(log()?.messages.at(-1)).toEqual(server.messages.at(-1))
        expect(log()?.messages).toEqual(server.messages.slice(-(log()?.messages.length ?? 0)))
      }),
      { numRuns: 300 },
    )
  })
})
