import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { withTabLock } from './tab-lock'

// The test environment has BroadcastChannel and no Web Locks: as a page over plain http.

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** Lets time and messages between tabs pass. */
async function pass(ms: number): Promise<void> {
  for (let step = 0; step < ms; step += 20) {
    await vi.advanceTimersByTimeAsync(20)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('tasks of one name never overlap', async () => {
  let running = 0
  let most = 0
  const task = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve, 100))
    running -= 1
  }
  const all = Promise.all([1, 2, 3, 4].map(() => withTabLock('a', task)))
  await pass(3000)
  await all
  expect(most).toBe(1)
})

test('a task that fails lets the next one run', async () => {
  const failed = expect(withTabLock('b', () => Promise.reject(new Error('no')))).rejects.toThrow()
  const next = withTabLock('b', () => Promise.resolve('done'))
  await pass(6000)
  await failed
  await expect(next).resolves.toBe('done')
})

test('Web Locks are used where there are any', async () => {
  const request = vi.fn((_: string, task: () => Promise<string>) => task())
  vi.stubGlobal('navigator', { locks: { request } })
  await expect(withTabLock('c', () => Promise.resolve('done'))).resolves.toBe('done')
  expect(request).toHaveBeenCalledOnce()
})
