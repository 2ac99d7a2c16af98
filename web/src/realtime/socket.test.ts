import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { ServerEvent } from '@/api/types'
import { Failure } from '@/lib/failure'
import { FUZZ_TIMEOUT_MS, runs } from '@/lib/testing/fuzz'

import { ChatSocket } from './socket'

class FakeWebSocket {
  static readonly OPEN = 1
  static opened: FakeWebSocket[] = []
  static get last(): FakeWebSocket {
    const socket = this.opened.at(-1)
    if (!socket) throw new Error('No socket was opened')
    return socket
  }

  readyState = 1
  readonly sent: string[] = []
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeWebSocket.opened.push(this)
  }

  send(text: string): void {
    this.sent.push(text)
  }

  close(): void {
    this.readyState = 3
  }

  says(event: Partial<ServerEvent>): void {
    this.sends(JSON.stringify(event))
  }

  sends(data: string): void {
    this.onmessage?.({ data })
  }

  closes(code: number, reason = ''): void {
    this.readyState = 3
    this.onclose?.({ code, reason })
  }
}

const connected: Partial<ServerEvent> = { type: 'system', event: 'connected', rooms: [] }
const ping = JSON.stringify({ action: 'ping' })

function start() {
  const token = vi.fn((fresh: boolean) => Promise.resolve(fresh ? 'fresh' : 'held'))
  const onEvent = vi.fn()
  const onRevoked = vi.fn()
  const socket = new ChatSocket({ url: () => 'ws://server/ws', token, onEvent, onRevoked })
  socket.start()
  return { socket, token, onEvent, onRevoked }
}

async function connect() {
  const parts = start()
  await vi.advanceTimersByTimeAsync(0)
  FakeWebSocket.last.says(connected)
  return parts
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeWebSocket)
  FakeWebSocket.opened = []
})

afterEach(() => void vi.useRealTimers())

describe('the socket', () => {
  test('carries the token beside the protocol, never in the address', async () => {
    await connect()
    expect(FakeWebSocket.last.url).toBe('ws://server/ws')
    expect(FakeWebSocket.last.protocols).toEqual(['bearer', 'held'])
  })

  test('is connected once the server says so, not when it is open', async () => {
    const { socket } = start()
    await vi.advanceTimersByTimeAsync(0)
    expect(socket.state.get()).toBe('connecting')
    FakeWebSocket.last.says(connected)
    expect(socket.state.get()).toBe('connected')
  })

  test('comes back with growing waits that never exceed half a minute', async () => {
    await connect()
    const waits: number[] = []
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const before = Date.now()
      const count = FakeWebSocket.opened.length
      FakeWebSocket.last.closes(1012)
      while (FakeWebSocket.opened.length === count) await vi.advanceTimersByTimeAsync(10)
      waits.push(Date.now() - before)
    }
    expect(waits[0]).toBeLessThanOrEqual(510)
    expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_010)
  })

  test.each([
    [1006, 'fresh'],
    [1008, 'fresh'],
    [1012, 'held'],
    [1013, 'held'],
  ])('closed with %i it comes back with a %s token', async (code, token) => {
    await connect()
    FakeWebSocket.last.closes(code)
    await vi.advanceTimersByTimeAsync(1000)
    expect(FakeWebSocket.last.protocols).toEqual(['bearer', token])
  })

  test('does not come back after the session was revoked', async () => {
    const { socket, onRevoked } = await connect()
    FakeWebSocket.last.closes(1008, 'revoked')
    await vi.advanceTimersByTimeAsync(120_000)
    expect(onRevoked).toHaveBeenCalledOnce()
    expect(socket.state.get()).toBe('stopped')
    expect(FakeWebSocket.opened).toHaveLength(1)
  })

  test.each(['online', 'focus'])('comes back at once on %s', async (event) => {
    await connect()
    for (let attempt = 0; attempt < 6; attempt += 1) {
      FakeWebSocket.last.closes(1012)
      window.dispatchEvent(new Event(event))
      await vi.advanceTimersByTimeAsync(0)
    }
    expect(FakeWebSocket.opened).toHaveLength(7)
  })

  test('asks for a sign of life every 30 s and gives up 10 s after silence', async () => {
    const { socket } = await connect()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(FakeWebSocket.last.sent).toEqual([ping])
    FakeWebSocket.last.says({ type: 'pong' })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(FakeWebSocket.last.sent).toEqual([ping, ping])
    await vi.advanceTimersByTimeAsync(9999)
    expect(socket.state.get()).toBe('connected')
    await vi.advanceTimersByTimeAsync(1)
    expect(socket.state.get()).toBe('waiting')
  })

  test('gives up a connection that never says that it is there', async () => {
    const { socket } = start()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(socket.state.get()).toBe('waiting')
  })

  test('waits while the server is away, and stops when the session is over', async () => {
    const token = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Failure('UNREACHABLE'))
      .mockRejectedValueOnce(new Failure('SESSION_REVOKED', { status: 401 }))
    const socket = new ChatSocket({ url: () => '', token, onEvent: vi.fn(), onRevoked: vi.fn() })
    socket.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(socket.state.get()).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1000)
    expect(socket.state.get()).toBe('stopped')
  })

  test('ignores what a connection says after it was given up', async () => {
    const { onEvent } = await connect()
    const old = FakeWebSocket.last
    old.closes(1012)
    onEvent.mockClear()
    old.says({ type: 'read', roomId: 1, seq: 1 })
    expect(onEvent).not.toHaveBeenCalled()
  })

  test(
    'passes over what is no event',
    async () => {
      const { socket, onEvent } = await connect()
      onEvent.mockClear()
      const typed = fc.record({ type: fc.jsonValue().filter((type) => typeof type !== 'string') })
      const texts = fc.oneof(
        fc.string(),
        fc.oneof(fc.jsonValue({ maxDepth: 3 }), typed).map((value) => JSON.stringify(value)),
        fc.constantFrom(
          '{"type":"message"',
          '{"type":',
          'null',
          '[]',
          '"pong"',
          '<html>',
          '\ufeff{}',
        ),
      )
      fc.assert(
        fc.property(texts, (text) => {
          FakeWebSocket.last.sends(text)
          expect(onEvent).not.toHaveBeenCalled()
        }),
        runs(500),
      )
      FakeWebSocket.last.says({ type: 'read', roomId: 1, seq: 1 })
      expect(onEvent).toHaveBeenCalledTimes(1)
      expect(socket.state.get()).toBe('connected')
    },
    FUZZ_TIMEOUT_MS,
  )

  test('sends nothing without a connection, and says so', async () => {
    const { socket } = await connect()
    expect(socket.send({ action: 'ping' })).toBe(true)
    FakeWebSocket.last.closes(1012)
    expect(socket.send({ action: 'ping' })).toBe(false)
  })
})
