import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { Message } from '@/api/types'
import { Failure } from '@/lib/failure'

import { keys } from './keys'
import { Outbox, type OutboxOptions } from './outbox'
import type { OutboxEntry } from './outbox-entry'
import { messageAt } from './testing/messages'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Sent {
  content: string
  clientMessageId: string
}

function setUp(isConnected = true) {
  const queries = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } })
  const world = { isConnected, sent: [] as Sent[], log: [] as string[] }
  const post = vi.fn<OutboxOptions['post']>().mockRejectedValue(new Failure('UNREACHABLE'))
  const onStored = vi.fn()
  const options: OutboxOptions = {
    queries,
    me: 'alice',
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
    isInLog: ({ clientMessageId }) => world.log.includes(clientMessageId),
  }
  const outbox = new Outbox(options)
  const entries = () => queries.getQueryData<readonly OutboxEntry[]>(keys.outbox) ?? []
  const states = () => entries().map(({ content, state }) => [content, state])
  const ack = (id: string, seq = 1) =>
    outbox.handle({ type: 'ack', clientMessageId: id, roomId: 1, id: 1, seq, duplicate: false })
  const arrives = (id: string) => {
    world.log.push(id)
    outbox.settle(1)
  }
  const lastSent = () => world.sent.at(-1) ?? { content: '', clientMessageId: '' }
  return { outbox, options, world, post, onStored, entries, states, ack, arrives, lastSent }
}

describe('the outbox', () => {
  test('keeps a message until the log has it', () => {
    const { outbox, states, ack, arrives, lastSent } = setUp()
    outbox.add(1, 'hello')
    expect(states()).toEqual([['hello', 'pending']])
    ack(lastSent().clientMessageId)
    expect(states()).toEqual([['hello', 'acked']])
    arrives(lastSent().clientMessageId)
    expect(states()).toEqual([])
  })

  test('is content when the message comes before its acknowledgement', () => {
    const { outbox, states, ack, arrives, lastSent } = setUp()
    outbox.add(1, 'hello')
    arrives(lastSent().clientMessageId)
    ack(lastSent().clientMessageId)
    expect(states()).toEqual([])
  })

  test('sends one message of a room at a time, in order', () => {
    const { outbox, world, ack, lastSent } = setUp()
    for (const content of ['one', 'two', 'three']) outbox.add(1, content)
    expect(world.sent.map(({ content }) => content)).toEqual(['one'])
    ack(lastSent().clientMessageId, 1)
    ack(lastSent().clientMessageId, 2)
    expect(world.sent.map(({ content }) => content)).toEqual(['one', 'two', 'three'])
  })

  test('a slow room does not hold up another', () => {
    const { outbox, world } = setUp()
    outbox.add(1, 'here')
    outbox.add(2, 'there')
    expect(world.sent.map(({ content }) => content)).toEqual(['here', 'there'])
  })

  test('sends again with the same id what was under way when the connection was lost', async () => {
    const { outbox, world, lastSent } = setUp()
    outbox.add(1, 'hello')
    const { clientMessageId } = lastSent()
    world.isConnected = false
    outbox.connectionChanged()
    await vi.advanceTimersByTimeAsync(0)
    world.isConnected = true
    outbox.connectionChanged()
    await vi.advanceTimersByTimeAsync(3000)
    expect(world.sent).toEqual([
      { content: 'hello', clientMessageId },
      { content: 'hello', clientMessageId },
    ])
  })

  test('goes over HTTP where there is no connection', async () => {
    const { outbox, post, states, arrives } = setUp(false)
    post.mockImplementation(({ clientMessageId }) => {
      arrives(clientMessageId)
      return Promise.resolve(messageAt(1, { clientMessageId }))
    })
    outbox.add(1, 'hello')
    await vi.advanceTimersByTimeAsync(0)
    expect(post).toHaveBeenCalledOnce()
    expect(states()).toEqual([])
  })

  test('waits for as long as the server cannot be reached', async () => {
    const { outbox, states } = setUp(false)
    outbox.add(1, 'hello')
    await vi.advanceTimersByTimeAsync(600_000)
    expect(states()).toEqual([['hello', 'pending']])
  })

  test('fails what the server refuses, and sends the next', () => {
    const { outbox, entries, states, world, lastSent } = setUp()
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

  test('sends a failed message again with the same id', () => {
    const { outbox, world, lastSent } = setUp()
    outbox.add(1, 'bad')
    const { clientMessageId } = lastSent()
    outbox.handle({ type: 'error', code: 'NOT_FOUND', message: '', clientMessageId })
    outbox.retry(clientMessageId)
    expect(world.sent.map((sent) => sent.clientMessageId)).toEqual([
      clientMessageId,
      clientMessageId,
    ])
  })

  test('forgets what is discarded', () => {
    const { outbox, states, lastSent } = setUp()
    outbox.add(1, 'bad')
    outbox.discard(lastSent().clientMessageId)
    expect(states()).toEqual([])
  })

  test('waits as long as a limit says, keeping the order', async () => {
    const { outbox, world, lastSent } = setUp()
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
    await vi.advanceTimersByTimeAsync(1199)
    expect(world.sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(world.sent.map(({ content }) => content)).toEqual(['one', 'one'])
  })

  test('fails what is never acknowledged', async () => {
    const { outbox, entries } = setUp()
    outbox.add(1, 'hello')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(entries()[0]).toMatchObject({ state: 'failed', code: 'TIMEOUT' })
  })

  test('asks the log for an acknowledged message whose event does not come', async () => {
    const { outbox, onStored, ack, lastSent } = setUp()
    outbox.add(1, 'hello')
    ack(lastSent().clientMessageId, 7)
    await vi.advanceTimersByTimeAsync(1000)
    expect(onStored).toHaveBeenCalledWith(1, 7)
  })

  test('outlives a reload of the tab', () => {
    const { outbox, options } = setUp(false)
    outbox.add(1, 'hello')
    const queries = new QueryClient()
    expect(new Outbox({ ...options, queries })).toBeDefined()
    expect(queries.getQueryData(keys.outbox)).toMatchObject([
      { content: 'hello', state: 'pending' },
    ])
  })
})
