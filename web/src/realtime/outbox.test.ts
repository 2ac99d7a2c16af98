import 'fake-indexeddb/auto'

import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { Message } from '@/api/types'
import { Failure } from '@/lib/failure'
import { randomId } from '@/lib/ids'
import { FakeChannel, FakeLocks } from '@/lib/testing/fake-tabs'

import { keys } from './keys'
import { Outbox, type OutboxOptions } from './outbox'
import type { OutboxEntry } from './outbox-entry'
import { messageAt } from './testing/messages'

// The database of these tests works in turns of its own, which must go on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  vi.stubGlobal('BroadcastChannel', FakeChannel)
  vi.stubGlobal('navigator', { locks: new FakeLocks() })
})

afterEach(() => {
  FakeChannel.all.clear()
  vi.useRealTimers()
})

async function pass(ms: number): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  await vi.advanceTimersByTimeAsync(ms)
}

interface Sent {
  content: string
  clientMessageId: string
}

/** A tab whose outbox sends by now. */
async function setUp(isConnected = true, me = randomId()) {
  const queries = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } })
  const world = { isConnected, sent: [] as Sent[], log: [] as string[] }
  const post = vi.fn<OutboxOptions['post']>().mockRejectedValue(new Failure('UNREACHABLE'))
  const onStored = vi.fn()
  const options: OutboxOptions = {
    queries,
    me,
    isConnected: () => world.isConnected,
    sendAction: (action) => {
      if (!world.isConnected || action.action !== 'sendMessage') return false
      world.sent.push({
        content: action.content,
        clientMessageId: action.clientMessageId ?? '',
      })
      return true
    },
    post,
    onPosted: (message: Message) => arrives(message.clientMessageId),
    onStored,
    seqInLog: ({ clientMessageId }) => (world.log.includes(clientMessageId) ? 1 : undefined),
    reached: () => 0,
  }
  const outbox = new Outbox(options)
  const stop = outbox.start()
  await pass(0)
  const entries = () => queries.getQueryData<readonly OutboxEntry[]>(keys.outbox) ?? []
  const states = () => entries().map(({ content, state }) => [content, state])
  const ack = (id: string, seq = 1) =>
    outbox.handle({ type: 'ack', clientMessageId: id, roomId: 1, id: 1, seq, duplicate: false })
  const arrives = (id: string) => {
    world.log.push(id)
    outbox.settle(1)
  }
  const lastSent = () => world.sent.at(-1) ?? { content: '', clientMessageId: '' }
  return {
    outbox,
    me,
    stop,
    options,
    world,
    post,
    onStored,
    entries,
    states,
    ack,
    arrives,
    lastSent,
  }
}

describe('the outbox', () => {
  test('keeps a message until the log has it', async () => {
    const { outbox, states, ack, arrives, lastSent } = await setUp()
    outbox.add(1, 'hello')
    expect(states()).toEqual([['hello', 'pending']])
    ack(lastSent().clientMessageId)
    expect(states()).toEqual([['hello', 'acked']])
    arrives(lastSent().clientMessageId)
    expect(states()).toEqual([])
  })

  test('is content when the message comes before its acknowledgement', async () => {
    const { outbox, states, ack, arrives, lastSent } = await setUp()
    outbox.add(1, 'hello')
    arrives(lastSent().clientMessageId)
    ack(lastSent().clientMessageId)
    expect(states()).toEqual([])
  })

  test('sends one message of a room at a time, in order', async () => {
    const { outbox, world, ack, lastSent } = await setUp()
    for (const content of ['one', 'two', 'three']) outbox.add(1, content)
    expect(world.sent.map(({ content }) => content)).toEqual(['one'])
    ack(lastSent().clientMessageId, 1)
    ack(lastSent().clientMessageId, 2)
    expect(world.sent.map(({ content }) => content)).toEqual(['one', 'two', 'three'])
  })

  test('a slow room does not hold up another', async () => {
    const { outbox, world } = await setUp()
    outbox.add(1, 'here')
    outbox.add(2, 'there')
    expect(world.sent.map(({ content }) => content)).toEqual(['here', 'there'])
  })

  test('sends again with the same id what was under way when the connection was lost', async () => {
    const { outbox, world, lastSent } = await setUp()
    outbox.add(1, 'hello')
    const { clientMessageId } = lastSent()
    world.isConnected = false
    outbox.connectionChanged()
    await pass(0)
    world.isConnected = true
    outbox.connectionChanged()
    await pass(3000)
    expect(world.sent).toEqual([
      { content: 'hello', clientMessageId },
      { content: 'hello', clientMessageId },
    ])
  })

  test('goes over HTTP where there is no connection', async () => {
    const { outbox, post, states, arrives } = await setUp(false)
    post.mockImplementation(({ clientMessageId }) => {
      arrives(clientMessageId)
      return Promise.resolve(messageAt(1, { clientMessageId }))
    })
    outbox.add(1, 'hello')
    await pass(0)
    expect(post).toHaveBeenCalledOnce()
    expect(states()).toEqual([])
  })

  test('waits for as long as the server cannot be reached', async () => {
    const { outbox, states } = await setUp(false)
    outbox.add(1, 'hello')
    await pass(600_000)
    expect(states()).toEqual([['hello', 'pending']])
  })

  test('fails what the server refuses, and sends the next', async () => {
    const { outbox, entries, states, world, lastSent } = await setUp()
    outbox.add(1, 'bad')
    outbox.add(1, 'good')
    const { clientMessageId } = lastSent()
    outbox.handle({ type: 'error', code: 'BAD_REQUEST', message: '', clientMessageId })
    expect(states()).toEqual([
      ['bad', 'failed'],
      ['good', 'pending'],
    ])
    expect(entries()[0]?.code).toBe('BAD_REQUEST')
    expect(world.sent.map(({ content }) => content)).toEqual(['bad', 'good'])
  })

  test('keeps what waits when the session ends on the way', async () => {
    const { outbox, post, states } = await setUp(false)
    post.mockRejectedValue(new Failure('SESSION_REVOKED', { status: 401 }))
    outbox.add(1, 'hello')
    await pass(0)
    expect(post).toHaveBeenCalledOnce()
    expect(states()).toEqual([['hello', 'pending']])
  })

  test('sends a failed message again with the same id', async () => {
    const { outbox, world, lastSent } = await setUp()
    outbox.add(1, 'bad')
    const { clientMessageId } = lastSent()
    outbox.handle({ type: 'error', code: 'NOT_FOUND', message: '', clientMessageId })
    outbox.retry(clientMessageId)
    expect(world.sent.map((sent) => sent.clientMessageId)).toEqual([
      clientMessageId,
      clientMessageId,
    ])
  })

  test('forgets what is discarded', async () => {
    const { outbox, states, lastSent } = await setUp()
    outbox.add(1, 'bad')
    outbox.discard(lastSent().clientMessageId)
    expect(states()).toEqual([])
  })

  test('waits as long as a limit says, keeping the order', async () => {
    const { outbox, world, lastSent, entries } = await setUp()
    outbox.add(1, 'one')
    outbox.add(1, 'two')
    const { clientMessageId } = lastSent()
    outbox.handle({
      type: 'error',
      code: 'RATE_LIMITED',
      message: '',
      clientMessageId,
      retryAfterMs: 1200,
    })
    expect(entries()[0]).toMatchObject({ code: 'RATE_LIMITED', retryAt: Date.now() + 1200 })
    await pass(1199)
    expect(world.sent).toHaveLength(1)
    await pass(1)
    expect(world.sent.map(({ content }) => content)).toEqual(['one', 'one'])
  })

  test('sends over HTTP what a connection does not acknowledge: it may be dead', async () => {
    const { outbox, post, states, lastSent } = await setUp()
    outbox.add(1, 'hello')
    await pass(9_999)
    expect(post).not.toHaveBeenCalled()
    await pass(1)
    expect(post).toHaveBeenCalledOnce()
    expect(post.mock.calls[0]?.[0]).toMatchObject(lastSent())
    await pass(600_000)
    expect(states()).toEqual([['hello', 'pending']])
  })

  test('asks the log for an acknowledged message whose event does not come', async () => {
    const { outbox, onStored, ack, lastSent } = await setUp()
    outbox.add(1, 'hello')
    ack(lastSent().clientMessageId, 7)
    await pass(1000)
    expect(onStored).toHaveBeenCalledWith(1, 7)
  })

  test('looks after what the database has not confirmed yet when its tab closes', async () => {
    const { outbox, me, stop } = await setUp(false)
    outbox.add(1, 'typed and closed')
    stop()
    const { states } = await setUp(false, me)
    expect(states()).toEqual([['typed and closed', 'pending']])
  })

  test('outlives the browser, in order, and in the database alone', async () => {
    const { outbox, me, stop } = await setUp(false)
    for (const content of ['one', 'two', 'three']) outbox.add(1, content)
    await pass(0)
    stop()
    expect(localStorage).toHaveLength(0)
    const { states } = await setUp(false, me)
    expect(states()).toEqual([
      ['one', 'pending'],
      ['two', 'pending'],
      ['three', 'pending'],
    ])
  })

  test('is remembered where there is no database', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new Error('private')
      },
    })
    vi.resetModules()
    const { Outbox: Fresh } = await import('./outbox')
    const { options, me } = await setUp(false)
    const first = new Fresh({ ...options, me: `${me}2` })
    first.start()
    first.add(1, 'kept')
    await pass(5000)
    const queries = new QueryClient()
    new Fresh({ ...options, queries, me: `${me}2` }).start()
    expect(queries.getQueryData(keys.outbox)).toMatchObject([{ content: 'kept' }])
  })

  test("is nobody else's", async () => {
    const { outbox } = await setUp(false)
    outbox.add(1, 'mine')
    await pass(0)
    const { states } = await setUp(false)
    expect(states()).toEqual([])
  })
})

describe('the outboxes of two tabs', () => {
  test('show the same and send once', async () => {
    const one = await setUp()
    const two = await setUp(true, one.me)
    two.outbox.add(1, 'from the second')
    await pass(5)
    expect(one.states()).toEqual([['from the second', 'pending']])
    expect(one.world.sent.map(({ content }) => content)).toEqual(['from the second'])
    expect(two.world.sent).toEqual([])

    one.ack(one.lastSent().clientMessageId, 7)
    await pass(5)
    expect(two.entries()).toMatchObject([{ state: 'acked', seq: 7 }])
    two.arrives(one.lastSent().clientMessageId)
    expect(two.states()).toEqual([])
  })

  test('take over from each other, in order, with the same id', async () => {
    const one = await setUp()
    const two = await setUp(true, one.me)
    one.outbox.add(1, 'first')
    await pass(5)
    two.outbox.add(1, 'second')
    await pass(5)
    expect(one.world.sent).toHaveLength(1)
    expect(two.world.sent).toEqual([])
    one.stop()
    await pass(5)
    expect(two.world.sent).toEqual(one.world.sent)
    two.ack(two.lastSent().clientMessageId)
    expect(two.world.sent.map(({ content }) => content)).toEqual(['first', 'second'])
  })

  test('do not wait for one that sends and is frozen', async () => {
    const me = randomId()
    void navigator.locks.request(`outbox.${me}`, () => new Promise(() => undefined))
    const two = await setUp(true, me)
    const three = await setUp(true, me)
    two.outbox.add(1, 'first')
    two.outbox.add(1, 'second')
    await pass(1900)
    expect(two.world.sent).toEqual([])
    await pass(200)
    two.ack(two.lastSent().clientMessageId)
    expect(two.world.sent.map(({ content }) => content)).toEqual(['first', 'second'])
    await pass(10_000)
    expect(three.world.sent).toEqual([])
  })

  test('leave it to the one that sends as long as it does', async () => {
    const one = await setUp()
    const two = await setUp(true, one.me)
    for (const content of ['1', '2', '3', '4']) two.outbox.add(1, content)
    for (let seq = 1; seq <= 4; seq += 1) {
      await pass(1500)
      one.ack(one.lastSent().clientMessageId, seq)
    }
    await pass(5000)
    expect(one.world.sent.map(({ content }) => content)).toEqual(['1', '2', '3', '4'])
    expect(two.world.sent).toEqual([])
  })

  test('discard and send again what failed in either', async () => {
    const one = await setUp()
    const two = await setUp(true, one.me)
    one.outbox.add(1, 'again')
    one.outbox.add(2, 'never')
    for (const { clientMessageId } of one.world.sent) {
      one.outbox.handle({ type: 'error', code: 'NOT_FOUND', message: '', clientMessageId })
    }
    await pass(5)
    expect(two.states()).toEqual([
      ['again', 'failed'],
      ['never', 'failed'],
    ])
    const [again, never] = two.entries()
    two.outbox.discard(never?.clientMessageId ?? '')
    two.outbox.retry(again?.clientMessageId ?? '')
    await pass(5)
    expect(one.states()).toEqual([['again', 'pending']])
    expect(one.lastSent().content).toBe('again')
    const three = await setUp(true, one.me)
    expect(three.states()).toEqual([['again', 'pending']])
  })

  test('do not wait longer than the one that is connected first', async () => {
    const one = await setUp(false)
    const two = await setUp(false, one.me)
    one.outbox.add(1, 'hello')
    await pass(5)
    expect(one.post).toHaveBeenCalledOnce()
    two.world.isConnected = true
    two.outbox.connectionChanged()
    await pass(5)
    expect(one.post).toHaveBeenCalledTimes(2)
  })
})
