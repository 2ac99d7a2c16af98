import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { Message } from '@/api/types'

import type { Page } from './pages'
import { fill, gapAfter, hear, openLog, prepend, receive, type RoomLog, suspect } from './room-log'
import { messageAt, ServerLog } from './testing/messages'

const seqs = (log: RoomLog) => log.messages.map((message) => message.seq)

describe('a room log', () => {
  const log = openLog([messageAt(4), messageAt(5)], true)

  test('grows by the message that follows', () => {
    const grown = receive(log, messageAt(6))
    expect(seqs(grown)).toEqual([4, 5, 6])
    expect(gapAfter(grown)).toBeNull()
  })

  test('drops what is not newer', () => {
    expect(receive(log, messageAt(5))).toBe(log)
    expect(receive(log, messageAt(1))).toBe(log)
  })

  test('keeps what comes after a gap until the gap is filled', () => {
    const ahead = receive(receive(log, messageAt(8)), messageAt(7))
    expect(seqs(ahead)).toEqual([4, 5])
    expect(gapAfter(ahead)).toBe(5)
    const filled = fill(ahead, 5, [messageAt(6)], false)
    expect(seqs(filled)).toEqual([4, 5, 6, 7, 8])
    expect(gapAfter(filled)).toBeNull()
  })

  test('takes the end of a page for an unknown gap while there is more', () => {
    const page = fill(suspect(log), 5, [messageAt(6)], true)
    expect(gapAfter(page)).toBe(6)
    expect(gapAfter(fill(page, 6, [], false))).toBeNull()
  })

  test('is not whole when somebody says that it reaches further', () => {
    expect(gapAfter(hear(log, 7))).toBe(5)
    expect(hear(log, 5)).toBe(log)
  })

  test('puts earlier messages first, once', () => {
    const page = [messageAt(2), messageAt(3)]
    const longer = prepend(log, 4, page, true)
    expect(seqs(longer)).toEqual([2, 3, 4, 5])
    expect(prepend(longer, 4, page, true)).toBe(longer)
  })

  test('of an empty room begins with its first message', () => {
    expect(seqs(receive(openLog([], false), messageAt(1)))).toEqual([1])
  })
})

/** One client and what is on its way to it. Answers hold what the server said when it was asked. */
class Client {
  log: RoomLog
  private wire: Message[] = []
  private answers: ((log: RoomLog) => RoomLog)[] = []
  private isConnected = true
  private epoch = 0

  constructor(private readonly server: ServerLog) {
    const page = server.newest()
    this.log = openLog(page.messages, page.hasMore)
  }

  committed(message: Message): void {
    if (this.isConnected) this.wire.push(message)
  }

  /** Any event on the wire, as gateways may reorder them; it may stay there and come again. */
  deliver(pick: number, repeats: boolean): void {
    const index = this.wire.length > 0 ? pick % this.wire.length : 0
    const message = this.wire[index]
    if (!message) return
    if (!repeats) this.wire.splice(index, 1)
    this.log = receive(this.log, message)
  }

  disconnect(): void {
    this.isConnected = false
    this.epoch += 1
    this.wire = []
    this.log = suspect(this.log)
  }

  reconnect(saysReach: boolean): void {
    this.isConnected = true
    this.epoch += 1
    this.log = suspect(this.log)
    if (saysReach) this.log = hear(this.log, this.server.lastSeq)
  }

  askAfter(): void {
    const after = gapAfter(this.log)
    if (after === null) return
    const { epoch } = this
    const page: Page = this.server.after(after)
    this.answers.push((log) => {
      const filled = fill(log, after, page.messages, page.hasMore)
      return epoch === this.epoch ? filled : suspect(filled)
    })
  }

  askBefore(): void {
    const before = this.log.messages[0]?.seq
    if (before === undefined || !this.log.hasOlder) return
    const page = this.server.before(before)
    this.answers.push((log) => prepend(log, before, page.messages, page.hasMore))
  }

  answer(pick: number): void {
    const [apply] = this.answers.splice(this.answers.length > 0 ? pick % this.answers.length : 0, 1)
    if (apply) this.log = apply(this.log)
  }

  /** Everything that is on its way arrives, and every known gap is asked for. */
  settle(): void {
    while (this.wire.length > 0) this.deliver(0, false)
    while (this.answers.length > 0) this.answer(0)
    while (gapAfter(this.log) !== null) {
      this.askAfter()
      this.answer(0)
    }
    while (this.log.hasOlder) {
      this.askBefore()
      this.answer(0)
    }
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      pick: fc.nat(),
      repeats: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('disconnect' as const) }),
  fc.record({ do: fc.constant('reconnect' as const), saysReach: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('askAfter' as const) }) },
  fc.record({ do: fc.constant('askBefore' as const) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const), pick: fc.nat() }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function apply(step: Step, server: ServerLog, client: Client): void {
  const actions: Record<Step['do'], () => void> = {
    commit: () => client.committed(server.commit()),
    deliver: () =>
      client.deliver('pick' in step ? step.pick : 0, 'repeats' in step && step.repeats),
    disconnect: () => client.disconnect(),
    reconnect: () => client.reconnect('saysReach' in step && step.saysReach),
    askAfter: () => client.askAfter(),
    askBefore: () => client.askBefore(),
    answer: () => client.answer('pick' in step ? step.pick : 0),
  }
  actions[step.do]()
}

describe('whatever order events, pages and reconnects come in', () => {
  const scenario = fc.record({
    pageSize: fc.integer({ min: 1, max: 5 }),
    initial: fc.integer({ min: 0, max: 12 }),
    steps: fc.array(step, { maxLength: 80 }),
  })

  test('the log is always an unbroken run, and in the end equals a fresh snapshot', () => {
    fc.assert(
      fc.property(scenario, ({ pageSize, initial, steps }) => {
        const server = new ServerLog(pageSize)
        for (let count = 0; count < initial; count += 1) server.commit()
        const client = new Client(server)
        for (const one of steps) {
          apply(one, server, client)
          const first = client.log.messages[0]?.seq ?? 1
          expect(seqs(client.log)).toEqual(client.log.messages.map((_, index) => first + index))
        }
        client.reconnect(false)
        client.settle()
        expect(client.log.messages).toEqual(server.messages)
        expect(client.log.ahead).toEqual([])
        expect(gapAfter(client.log)).toBeNull()
      }),
      { numRuns: 5000 },
    )
  })

  test('a log that says it is whole misses nothing that was delivered or announced', () => {
    fc.assert(
      fc.property(scenario, ({ pageSize, initial, steps }) => {
        const server = new ServerLog(pageSize)
        for (let count = 0; count < initial; count += 1) server.commit()
        const client = new Client(server)
        for (const one of steps) {
          apply(one, server, client)
          if (gapAfter(client.log) !== null) continue
          expect(client.log.messages.at(-1)?.seq ?? 0).toBe(client.log.reach)
          expect(client.log.ahead).toEqual([])
        }
      }),
      { numRuns: 2000 },
    )
  })
})
