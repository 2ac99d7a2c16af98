import type { Page } from '@playwright/test'
import { gzipSync } from 'node:zlib'

import { expect, test } from './support/test'

// What a service worker gives was weighed when it came.
const fromServer = { serviceWorkers: 'block' as const }

/** What the page loads of the app, in kilobytes as gzip would send it. */
async function weigh(page: Page, visit: () => Promise<void>): Promise<number> {
  const bodies: Promise<Buffer>[] = []
  page.on('response', (response) => {
    const isApp = /\.(js|css|svg)$|\/$|\/login$/.test(new URL(response.url()).pathname)
    if (isApp && response.ok()) bodies.push(response.body())
  })
  await visit()
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length)
  return sizes.reduce((sum, size) => sum + size, 0) / 1000
}

test('the login page and the room page stay light', async ({ person }) => {
  const visitor = await person('visitor', fromServer)
  const login = await weigh(visitor.page, async () => {
    await visitor.open('/login')
    await expect(visitor.page.getByLabel('Password')).toBeVisible()
  })
  const alice = await person('alice', fromServer)
  await alice.signUp()
  const room = await weigh(alice.page, async () => {
    await alice.page.reload()
    await expect(alice.composer).toBeVisible()
  })
  test.info().annotations.push({ type: 'kB gzip', description: `${login}, ${room}` })
  expect(login).toBeGreaterThan(50)
  expect(login).toBeLessThan(150)
  expect(room).toBeGreaterThan(login)
  expect(room).toBeLessThan(230)
})
