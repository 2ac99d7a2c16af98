import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Failure } from '@/lib/failure'

import { ReadMarker } from './read-marker'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp() {
  const post = vi.fn<(roomId: number, seq: number) => Promise<unknown>>().mockResolvedValue({})
  const onSeen = vi.fn()
  return { post, onSeen, reads: new ReadMarker({ post, onSeen }) }
}

test('what is seen within a moment is told once', async () => {
  const { post, onSeen, reads } = setUp()
  for (const seq of [1, 2, 3, 2]) reads.see(1, seq, 0)
  expect(onSeen).toHaveBeenLastCalledWith(1, 3)
  await vi.advanceTimersByTimeAsync(1000)
  expect(post.mock.calls).toEqual([[1, 3]])
})

test('what the server knows is not told', async () => {
  const { post, reads } = setUp()
  reads.see(1, 3, 3)
  await vi.advanceTimersByTimeAsync(1000)
  expect(post).not.toHaveBeenCalled()
})

test('it is told until the server could be reached', async () => {
  const { post, reads } = setUp()
  post.mockRejectedValueOnce(new Failure('UNREACHABLE'))
  reads.see(1, 3, 0)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(post.mock.calls).toEqual([
    [1, 3],
    [1, 3],
  ])
})

test('a room that is gone is not told about again', async () => {
  const { post, reads } = setUp()
  post.mockRejectedValueOnce(new Failure('NOT_FOUND', { status: 404 }))
  reads.see(1, 3, 0)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(post).toHaveBeenCalledOnce()
})
