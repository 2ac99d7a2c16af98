import { Person } from './support/person'
import { appIsKept, cachedPaths, remembered } from './support/kept'
import { expect, test } from './support/test'

const OFFLINE = 'You are offline.'

test('the app opens without a network on what was seen last, and sends when it is back', async ({
  server,
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await bob.send(general.id, 'seen before')
  await alice.sees('seen before')
  await appIsKept(alice.page)
  await expect.poll(() => remembered(alice.page, 'logs')).toContain('seen before')
  await expect.poll(() => remembered(alice.page, 'rooms')).toContain('seen before')

  const context = alice.page.context()
  await context.setOffline(true)
  await alice.page.close()
  const later = new Person(await context.newPage(), 'alice', server.url)
  await later.open('/')
  await later.sees('seen before')
  await expect(later.page.getByText(OFFLINE).first()).toBeVisible()
  await expect(later.page.getByText('As it was here last: Today')).toBeVisible()
  await later.say('one')
  await later.say('two')
  await expect(later.message('two')).toContainText('Waiting for the connection')

  await later.page.reload()
  await later.sees('two')
  expect(await later.shown()).toEqual(['seen before', 'one', 'two'])
  expect(await bob.history(general.id)).toHaveLength(1)

  await bob.send(general.id, 'meanwhile')
  await context.setOffline(false)
  await expect(later.page.getByText('Waiting for the connection')).toHaveCount(0)
  await expect(later.page.getByText('Sending…')).toHaveCount(0)
  await expect(later.page.getByText(OFFLINE)).toHaveCount(0)
  await expect(later.page.getByText('As it was here last')).toHaveCount(0)
  const all = ['seen before', 'meanwhile', 'one', 'two']
  expect(await later.shown()).toEqual(all)
  expect((await bob.history(general.id)).map(({ content }) => content)).toEqual(all)
})

test('a room that was never opened says so without a network, and opens when it is back', async ({
  person,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.createRoom('Garden')
  await appIsKept(alice.page)
  await expect.poll(() => remembered(alice.page, 'rooms')).toContain('Garden')
  await alice.page.reload()
  await expect(alice.composer).toBeVisible()
  await alice.page.evaluate(() => {
    indexedDB.open('cloud-chat').onsuccess = ({ target }) => {
      const database = (target as IDBOpenDBRequest).result
      database.transaction('logs', 'readwrite').objectStore('logs').clear()
      database.close()
    }
  })
  await expect.poll(() => remembered(alice.page, 'logs')).toBe('[]')
  await alice.page.context().setOffline(true)
  await alice.page.reload()
  await expect(alice.page.getByRole('heading', { level: 1, name: 'Garden' })).toBeVisible()
  await expect(alice.page.getByText('This room was not loaded yet.')).toBeVisible()
  await alice.page.context().setOffline(false)
  await expect(alice.composer).toBeVisible()
})

test('closing the tab loses nothing: another one shows and sends it', async ({
  server,
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  await appIsKept(alice.page)
  await expect.poll(() => remembered(alice.page, 'rooms')).toContain('general')
  const bob = await account('bob')
  const general = await bob.general()
  const context = alice.page.context()

  await server.kill()
  await alice.say('typed and closed')
  await alice.page.close()
  const later = new Person(await context.newPage(), 'alice', server.url)
  await later.open('/')
  await expect(later.message('typed and closed')).toContainText('Waiting for the connection')
  await server.run()
  await expect(later.page.getByText('Waiting for the connection')).toHaveCount(0)
  await expect(later.page.getByText('Sending…')).toHaveCount(0)
  expect((await bob.history(general.id)).map(({ content }) => content)).toEqual([
    'typed and closed',
  ])
})

test('two tabs show the same unsent messages, and each is sent once', async ({
  server,
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  const other = new Person(await alice.page.context().newPage(), 'alice', server.url)
  await other.open('/')
  await expect(other.log).toBeVisible()

  await server.kill()
  await alice.say('from the first')
  await other.sees('from the first')
  await other.say('from the second')
  await alice.say('never mind')
  await other.message('never mind').getByRole('button', { name: 'Discard' }).click()
  await expect(alice.message('never mind')).toHaveCount(0)
  await server.run()

  const sent = ['from the first', 'from the second']
  for (const tab of [alice, other]) {
    await expect(tab.page.getByText('Waiting for the connection')).toHaveCount(0)
    await expect(tab.page.getByText('Sending…')).toHaveCount(0)
    expect(await tab.shown()).toEqual(sent)
  }
  expect((await bob.history(general.id)).map(({ content }) => content)).toEqual(sent)
})

test('logging out forgets the rooms and messages, in every tab, and keeps what was not sent', async ({
  server,
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await bob.send(general.id, 'a secret')
  await appIsKept(alice.page)
  await expect.poll(() => remembered(alice.page, 'logs')).toContain('a secret')
  await expect.poll(() => remembered(alice.page, 'rooms')).toContain('a secret')
  const other = new Person(await alice.page.context().newPage(), 'alice', server.url)
  await other.open('/')
  await other.sees('a secret')
  await server.kill()
  await alice.say('unsent')
  await expect.poll(() => remembered(alice.page, 'outbox')).toContain('unsent')

  await other.page.getByRole('button', { name: 'Log out' }).click()
  await expect(alice.page).toHaveURL(/\/login$/)
  for (const store of ['logs', 'rooms'] as const) {
    await expect.poll(() => remembered(alice.page, store)).toBe('[]')
  }
  // Only the app itself.
  const paths = await cachedPaths(alice.page)
  expect(paths.filter((path) => /^\/(auth|users|rooms|messages)/.test(path))).toEqual([])

  await server.run()
  const carol = new Person(alice.page, 'carol', server.url)
  await carol.signUp()
  await carol.sees('a secret')
  await expect(carol.message('unsent')).toHaveCount(0)
  await carol.page.getByRole('button', { name: 'Log out' }).click()
  await expect(carol.page.getByText('You are logged out.')).toBeVisible()
  await alice.logIn()
  await alice.sees('unsent')
  await expect
    .poll(async () => (await bob.history(general.id)).map(({ content }) => content))
    .toEqual(['a secret', 'unsent'])
})

test('a session that ended while the app was offline ends when it is back, and says why', async ({
  person,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  await appIsKept(alice.page)
  await expect.poll(() => remembered(alice.page, 'rooms')).toContain('general')
  await alice.page.context().setOffline(true)
  await alice.page.reload()
  await expect(alice.composer).toBeVisible()

  const phone = await person('alice')
  await phone.open('/forgot-password')
  await phone.page.getByLabel('Email').fill(alice.email)
  await phone.page.keyboard.press('Enter')
  await phone.page.getByRole('link', { name: 'Open the reset link' }).click()
  await phone.page.getByLabel('New password').fill('battery staple 42')
  await phone.page.keyboard.press('Enter')
  await expect(phone.page.getByText('Your new password is set.')).toBeVisible()

  await alice.page.context().setOffline(false)
  await expect(alice.page).toHaveURL(/\/login$/)
  await expect(alice.page.getByText('Please log in again.')).toBeVisible()
  await expect.poll(() => remembered(alice.page, 'rooms')).toBe('[]')
})

test('what was written offline for a room that one was removed from can still be had', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const garden = await bob.createRoom('Garden')
  await bob.request('POST', `/rooms/${garden.id}/add-member`, { username: 'alice' })
  await alice.room('Garden').click()
  await expect(alice.page.getByRole('heading', { level: 1, name: 'Garden' })).toBeVisible()
  await appIsKept(alice.page)
  await expect.poll(() => remembered(alice.page, 'rooms')).toContain('Garden')
  await expect
    .poll(() => remembered(alice.page, 'logs'))
    .toMatch(/"messages":\[\].*"messages":\[\]/)
  await alice.page.context().setOffline(true)
  await alice.page.reload()
  await alice.say('too late')
  await alice.sees('too late')
  const members = (await bob.request('GET', `/rooms/${garden.id}`)) as {
    members: { userId: string; usernameSnapshot: string }[]
  }
  const id = members.members.find((member) => member.usernameSnapshot === 'alice')?.userId
  await bob.request('DELETE', `/rooms/${garden.id}/members/${id}`)
  await alice.page.context().setOffline(false)

  await alice.page.getByRole('button', { name: '1 message was not sent' }).click()
  const dialog = alice.page.getByRole('dialog')
  await expect(dialog.getByText('too late')).toBeVisible()
  await expect(dialog.getByText('This was not found')).toBeVisible()
  await dialog.getByRole('button', { name: 'Discard' }).click()
  await expect(alice.page.getByText('1 message was not sent')).toHaveCount(0)
})
