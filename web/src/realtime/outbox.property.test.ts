import 'fake-indexeddb/auto'

import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { randomId } from '@/lib/ids'
import { FakeChannel, FakeLocks } from '@/lib/testing/fake-tabs'

import { FakeTab, LossyServer } from './testing/browser'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

async function pass(ms: number): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  await vi.advanceTimersByTimeAsync(ms)
}

const room = fc.constantFrom(1, 2)
const nth = fc.nat({ max: 5 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), nth, room }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('up' as const), isUp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), loses: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(2, 50, 4000, 12_000),
    }),
  },
)

test('whatever tabs and connections do, each message is stored once, in order, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      FakeChannel.all.clear()
      vi.stubGlobal('BroadcastChannel', FakeChannel)
      vi.stubGlobal('navigator', { locks: new FakeLocks() })
      const me = randomId()
      const server = new LossyServer()
      const written: { roomId: number; content: string }[] = []
      let tabs: FakeTab[] = []

      for (const one of steps) {
        const tab = 'nth' in one ? tabs[one.nth % Math.max(1, tabs.length)] : undefined
        if (one.kind === 'write' && tab) {
          const content = `${written.length}`
          written.push({ roomId: one.room, content })
          tab.write(one.room, content)
        } else if (one.kind === 'open') tabs.push(new FakeTab(me, server))
        else if (one.kind === 'close' && tab) {
          tab.close()
          tabs = tabs.filter((other) => other !== tab)
        } else if (one.kind === 'up') {
          server.isUp = one.isUp
          for (const each of tabs) each.connectionChanged()
        } else if (one.kind === 'lose') server.losesAnswers = one.loses
        else if (one.kind === 'wait') await pass(one.ms)
        // Messages that are written in the same instant in two tabs have no order.
        await vi.advanceTimersByTimeAsync(2)
      }

      server.isUp = true
      server.losesAnswers = false
      tabs.push(new FakeTab(me, server))
      for (const each of tabs) each.connectionChanged()
      await pass(5)
      for (let round = 0; round < 10; round += 1) await pass(12_000)
      for (const roomId of [1, 2]) {
        const inRoom = (message: { roomId: number }) => message.roomId === roomId
        const contents = (messages: { roomId: number; content: string }[]) =>
          messages.filter(inRoom).map(({ content }) => content)
        expect(contents(server.stored)).toEqual(contents(written))
      }
      for (const each of tabs) expect(each.waiting).toEqual([])
      const later = new FakeTab(me, server)
      await pass(5)
      expect(later.waiting).toEqual([])
      for (const each of [...tabs, later]) each.close()
    }),
    { numRuns: 150 },
  )
}, 60_000)
