import { chromium } from '@playwright/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { appIsKept, cachedPaths, remembered } from './support/kept'
import { Person } from './support/person'
import { Proxy } from './support/proxy'
import { Server } from './support/server'
import { expect, test } from './support/test'

test('the app can be installed', async ({ server }, info) => {
  // A private window installs nothing.
  const profile = await mkdtemp(join(tmpdir(), 'cloud-chat-profile-'))
  const context = await chromium.launchPersistentContext(
    profile,
    info.project.use.launchOptions ?? {},
  )
  const page = await context.newPage()
  await page.goto(server.url)
  await appIsKept(page)
  const devtools = await context.newCDPSession(page)
  const manifest = await devtools.send('Page.getAppManifest')
  expect(manifest.errors).toEqual([])
  expect(manifest.url).toBe(`${server.url}/manifest.webmanifest`)
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  expect(installabilityErrors).toEqual([])
  await context.close()
  await rm(profile, { recursive: true })
})

test('every icon that the manifest names is there, of the size that it says', async ({
  server,
  person,
}) => {
  const { page } = await person('visitor')
  await page.goto(server.url)
  const sizes = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]')
    const answer = await fetch(link?.href ?? '')
    const { icons } = (await answer.json()) as { icons: { src: string; sizes: string }[] }
    return Promise.all(
      icons.map(async ({ src, sizes }) => {
        const image = new Image()
        image.src = src
        await image.decode()
        return [sizes, `${image.naturalWidth}x${image.naturalHeight}`] as const
      }),
    )
  })
  expect(sizes).toHaveLength(4)
  for (const [said, found] of sizes) if (said !== 'any') expect(found).toBe(said)
})

test('a new version waits, says so, and takes over when it is asked to, losing nothing', async ({
  server,
  browser,
}) => {
  const proxy = await Proxy.start(server.url)
  const context = await browser.newContext()
  const alice = new Person(await context.newPage(), 'alice', proxy.url)
  await alice.signUp()
  await appIsKept(alice.page)
  await alice.page.reload()
  await expect(alice.composer).toBeVisible()
  const other = new Person(await context.newPage(), 'alice', proxy.url)
  await other.open('/')
  await expect(other.composer).toBeVisible()
  await other.composer.fill('in the other tab')
  await expect(alice.page.getByText('A new version is ready.')).toHaveCount(0)

  proxy.version = 2
  await alice.page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update()
  })
  const notice = alice.page.getByText('A new version is ready.')
  await expect(notice).toBeVisible()
  await expect(other.page.getByText('A new version is ready.')).toBeVisible()
  await alice.composer.fill('half a sent')
  await expect(alice.composer).toHaveValue('half a sent')

  const reloaded = alice.page.waitForEvent('load')
  await alice.page.getByRole('button', { name: 'Reload' }).click()
  await reloaded
  await expect(alice.composer).toHaveValue('half a sent')
  await expect(notice).toHaveCount(0)
  // The other one goes on with what is being written there.
  await expect(other.composer).toHaveValue('in the other tab')
  const reloadedToo = other.page.waitForEvent('load')
  await other.page.getByRole('button', { name: 'Reload' }).click()
  await reloadedToo
  await expect(other.composer).toBeVisible()
  await expect(other.page.getByText('A new version is ready.')).toHaveCount(0)
  await context.close()
  proxy.stop()
})

test('what the browser keeps is the app and never an answer of the API', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await appIsKept(alice.page)
  await alice.page.reload()
  await alice.say('hello')
  await alice.sees('hello')
  const paths = await cachedPaths(alice.page)
  expect(paths).toContain('/index.html')
  const isApp = /^\/(index\.html|env\.js|favicon\.svg|manifest\.webmanifest|assets\/.*)$/
  expect(paths.filter((path) => !isApp.test(path))).toEqual([])
  // Its addresses are the server's, also without a network.
  for (const path of ['/health', '/openapi.json', '/docs']) {
    await alice.page.context().setOffline(true)
    await expect(alice.page.goto(new URL(path, alice.page.url()).href)).rejects.toThrow()
    await alice.page.context().setOffline(false)
  }
})

test('over plain http nothing is installed, nothing complains, and unsent messages are kept', async ({
  browser,
}) => {
  const server = await Server.start('chat.lan')
  const context = await browser.newContext()
  const alice = new Person(await context.newPage(), 'alice', server.url)
  const complaints: string[] = []
  alice.page.on('console', (line) => {
    if (['error', 'warning'].includes(line.type())) complaints.push(line.text())
  })
  alice.page.on('pageerror', (error) => complaints.push(error.message))
  await alice.signUp()
  await alice.say('over plain http')
  await alice.sees('over plain http')
  expect(await alice.page.evaluate(() => [isSecureContext, 'serviceWorker' in navigator])).toEqual([
    false,
    false,
  ])
  await alice.page.reload()
  await alice.sees('over plain http')
  expect(complaints).toEqual([])

  const other = new Person(await context.newPage(), 'alice', server.url)
  await other.open('/')
  await other.sees('over plain http')
  await server.kill()
  await other.say('written in the dark')
  await alice.sees('written in the dark')
  await expect.poll(() => remembered(alice.page, 'outbox')).toContain('written in the dark')
  await alice.page.close()
  await server.run()
  await expect(other.page.getByText('Waiting for the connection')).toHaveCount(0)
  await expect(other.page.getByText('Sending…')).toHaveCount(0)
  expect(await other.shown()).toEqual(['over plain http', 'written in the dark'])
  await context.close()
  await server.stop()
})
