import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { loadChunk } from './load-chunk'

const reach = vi.fn<() => Promise<Response>>()

beforeEach(() => {
  vi.useFakeTimers()
  reach.mockReset()
  vi.stubGlobal('fetch', reach)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('what cannot be loaded while the server is away is loaded when it is back', async () => {
  const load = vi.fn<() => Promise<string>>()
  load.mockRejectedValueOnce(new TypeError()).mockResolvedValue('page')
  reach.mockRejectedValue(new TypeError())
  const loading = loadChunk(load)
  await vi.advanceTimersByTimeAsync(1900)
  expect(load).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(200)
  expect(await loading).toBe('page')
})

test('what a reachable server no longer has is given up', async () => {
  const load = vi.fn(() => Promise.reject(new TypeError('gone')))
  reach.mockResolvedValue(new Response('window.ENV = {}'))
  await expect(loadChunk(load)).rejects.toThrow('gone')
  expect(load).toHaveBeenCalledTimes(2)
})
