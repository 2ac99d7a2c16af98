import { beforeEach, expect, test, vi } from 'vitest'

import { openLayer } from './layers'

/** The browser goes through its history later, and says so. */
function traversed(): Promise<Event> {
  return new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }))
}

function back(): Promise<Event> {
  const done = traversed()
  history.back()
  return done
}

beforeEach(() => history.pushState({ key: 'page' }, '', '/page'))

test('Back closes the layer on top and stays on the page', async () => {
  const closeLower = vi.fn()
  const lower = openLayer(closeLower)
  const upper = openLayer(() => upperDone())
  const upperDone = vi.fn(() => upper())
  await back()
  expect(upperDone).toHaveBeenCalledOnce()
  expect(closeLower).not.toHaveBeenCalled()
  expect(history.state).toMatchObject({ key: 'page', layers: 1 })
  const left = traversed()
  lower()
  await left
  expect(history.state).toEqual({ key: 'page' })
})

test('a layer that takes the place of another adds nothing to the history', async () => {
  const first = openLayer(() => undefined)
  const { length } = history
  first()
  const second = openLayer(() => undefined)
  expect(history).toHaveLength(length)
  expect(history.state).toMatchObject({ layers: 1 })
  const left = traversed()
  second()
  await left
  expect(history.state).toEqual({ key: 'page' })
})

test('Back passes by the entry of a layer from which one went elsewhere', async () => {
  const close = openLayer(() => undefined)
  history.pushState({ key: 'elsewhere' }, '', '/elsewhere')
  close()
  await new Promise((resolve) => setTimeout(resolve))
  expect(location.pathname).toBe('/elsewhere')
  await back()
  await traversed()
  expect(history.state).toEqual({ key: 'page' })
})
