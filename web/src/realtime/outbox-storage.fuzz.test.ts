import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FUZZ_TIMEOUT_MS, runs } from '@/lib/testing/fuzz'

import { inOrder, nextTime, type OutboxEntry } from './outbox-entry'
import { OutboxStorage } from './outbox-storage'

const entry: OutboxEntry = {
  clientMessageId: 'c1',
  roomId: 1,
  content: 'Hello',
  createdAt: '2024-01-01T12:00:00.000Z',
  state: 'pending',
}
/** One with some of its fields gone or of another kind. */
const broken = fc
  .dictionary(fc.constantFrom(...Object.keys(entry)), fc.jsonValue(), { maxKeys: 3 })
  .map((fields) => JSON.stringify({ ...entry, ...fields }))
const kept = fc.oneof(
  broken,
  fc.json(),
  fc.string(),
  fc.nat({ max: 100 }).map((length) => JSON.stringify(entry).slice(0, length)),
)

test(
  'whatever was kept, what can be sent of it is',
  () => {
    fc.assert(
      fc.property(fc.array(kept, { maxLength: 4 }), (texts) => {
        localStorage.clear()
        localStorage.setItem('outbox.alice.good', JSON.stringify(entry))
        texts.forEach((text, index) => localStorage.setItem(`outbox.alice.${index}`, text))
        const entries = new OutboxStorage('alice').unconfirmed()
        expect(entries).toContainEqual(entry)
        expect(inOrder(entries)).toHaveLength(entries.length)
        expect(nextTime(entries, Date.now())).toMatch(/Z$/u)
      }),
      runs(500),
    )
  },
  FUZZ_TIMEOUT_MS,
)
