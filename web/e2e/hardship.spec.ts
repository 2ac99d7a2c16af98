import { Person } from './support/person'
import { Server } from './support/server'
import { expect, test } from './support/test'

const nothingWaits = async ({ page }: Person) => {
  await expect(page.getByText('Waiting for the connection')).toHaveCount(0)
  await expect(page.getByText('Sending…')).toHaveCount(0)
}

test('a message is sent though the tab that sends is frozen in the background', async ({
  server,
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  const context = alice.page.context()
  const other = new Person(await context.newPage(), 'alice', server.url)
  await other.open('/')
  await other.say('before')
  await alice.sees('before')
  await nothingWaits(other)

  const devtools = await context.newCDPSession(alice.page)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  await other.say('one')
  await other.say('two')
  await nothingWaits(other)
  const sent = ['before', 'one', 'two']
  expect(await other.shown()).toEqual(sent)
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
  await alice.sees('two')
  await other.say('three')
  await nothingWaits(other)
  await nothingWaits(alice)
  expect((await bob.history(general.id)).map(({ content }) => content)).toEqual([...sent, 'three'])
})

test('a message never goes out under the name of who signs in next', async ({
  server,
  person,
  account,
}) => {
  const bob = await account('bob')
  const general = await bob.general()
  const alice = await person('alice')
  // Without a socket messages go over HTTP, and this one is slow.
  await alice.page.routeWebSocket(/\/ws$/, (ws) => ws.close())
  let release: () => void = () => undefined
  const isReleased = new Promise<void>((resolve) => (release = resolve))
  let onWay = 0
  await alice.page.route(/\/messages\/\d+$/, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    onWay += 1
    await isReleased
    await route.continue()
  })
  await alice.signUp()
  await alice.say('from alice')
  await expect.poll(() => onWay).toBe(1)

  const other = new Person(await alice.page.context().newPage(), 'carol', server.url)
  await other.open('/')
  await other.page.getByRole('button', { name: 'Log out' }).click()
  await expect(alice.page).toHaveURL(/\/login$/)
  await other.signUp()
  await expect(alice.composer).toBeVisible()
  const refused = alice.page.waitForResponse(
    (answer) => answer.request().method() === 'POST' && answer.url().includes('/messages/'),
  )
  release()
  expect((await refused).status()).toBe(401)
  await other.say('from carol')
  await nothingWaits(other)
  const texts = async () => (await bob.history(general.id)).map(({ content }) => content)
  expect(await texts()).toEqual(['from carol'])

  await other.page.getByRole('button', { name: 'Log out' }).click()
  await expect(alice.page.getByText('You are logged out.')).toBeVisible()
  await alice.logIn()
  await expect.poll(texts).toEqual(['from carol', 'from alice'])
  const authors = (await bob.history(general.id)).map(({ usernameSnapshot: name }) => name)
  expect(authors).toEqual(['carol', 'alice'])
})

test('a server whose messages were set back to a backup shows what it has, and goes on', async ({
  server,
  person,
  account,
}) => {
  const bob = await account('bob')
  const general = await bob.general()
  const alice = await person('alice')
  await alice.signUp()
  await bob.send(general.id, 'kept')
  await alice.sees('kept')
  await server.kill()
  const restore = await server.backUp()
  await server.run()
  for (const n of [1, 2, 3]) await bob.send(general.id, `lost ${n}`)
  await alice.sees('lost 3')

  await server.kill()
  await restore()
  await server.run()
  await bob.send(general.id, 'after the restore')
  await alice.sees('after the restore')
  expect(await alice.shown()).toEqual(['kept', 'after the restore'])
  await expect(alice.room('General')).toContainText('after the restore')
  await alice.say('my answer')
  await nothingWaits(alice)
  expect(await alice.shown()).toEqual(['kept', 'after the restore', 'my answer'])
})

test('three hundred messages that waited go out in order under the limits of the server', async ({
  browser,
}) => {
  test.slow()
  const server = await Server.start('localhost', { RATE_LIMITS: 'on' })
  const context = await browser.newContext()
  const alice = new Person(await context.newPage(), 'alice', server.url)
  await alice.signUp()
  const written = Array.from({ length: 300 }, (_, n) => `line ${n + 1}`)
  const refusals: string[] = []
  alice.page.on('websocket', (ws) =>
    ws.on('framereceived', ({ payload }) => {
      if (String(payload).includes('RATE_LIMITED')) refusals.push(String(payload))
    }),
  )
  await server.kill()
  for (const line of written) await alice.say(line)
  await expect(alice.message('line 300')).toContainText('Waiting for the connection')
  await server.run()
  await expect(alice.message('line 300')).not.toContainText('Waiting', { timeout: 30_000 })
  await nothingWaits(alice)
  await expect(alice.page.getByText('Not sent.')).toHaveCount(0)
  expect(await alice.shown()).toEqual(written)
  expect(refusals.length).toBeLessThan(30)
  await context.close()
  await server.stop()
})
