import {
  clickLastNotification,
  lookAway,
  notificationsOf,
  recordNotifications,
} from './support/attention'
import type { Person } from './support/person'
import { appIsKept } from './support/kept'
import { expect, test } from './support/test'

async function chooseNotifications(alice: Person): Promise<void> {
  await alice.open('/profile')
  const choice = alice.page.getByRole('switch', { name: 'Notify me of new messages' })
  await expect(choice).not.toBeChecked()
  await choice.click()
  await expect(choice).toBeChecked()
  await alice.page.getByRole('link', { name: 'Back to the chat' }).click()
  await expect(alice.composer).toBeVisible()
}

test('messages are notified while one looks away, one notification a room, and lead there', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await recordNotifications(alice.page, 'default')
  await alice.signUp()
  await alice.createRoom('Garden')
  await alice.createRoom('Kitchen')
  const bob = await account('bob')
  const general = await bob.general()
  await chooseNotifications(alice)

  await bob.send(general.id, 'while she looks')
  await alice.sees('while she looks')
  await alice.room('Kitchen').click()
  await expect(alice.room('Kitchen')).toHaveAttribute('aria-current', 'page')

  await lookAway(alice.page)
  await alice.say('my own words')
  await bob.send(general.id, 'the **first**')
  await expect.poll(() => notificationsOf(alice.page)).toHaveLength(1)
  await bob.send(general.id, 'the second')
  await expect.poll(() => notificationsOf(alice.page)).toHaveLength(2)
  expect(await notificationsOf(alice.page)).toEqual([
    { title: 'General', body: 'bob: the first', tag: `room-${general.id}`, isClosed: false },
    { title: 'General', body: 'bob: the second', tag: `room-${general.id}`, isClosed: false },
  ])

  await lookAway(alice.page, false)
  await clickLastNotification(alice.page)
  await expect(alice.page.getByRole('heading', { level: 1, name: 'General' })).toBeVisible()
  await alice.sees('the second')
})

test('what is read on another device is not notified, and what was notified goes', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await recordNotifications(alice.page, 'default')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await chooseNotifications(alice)
  await alice.createRoom('Kitchen')
  await lookAway(alice.page)
  await bob.send(general.id, 'are you there?')
  await expect.poll(() => notificationsOf(alice.page)).toHaveLength(1)

  // The phone shows the room, so that it is read there.
  const phone = await person('alice')
  await phone.open('/login')
  await phone.logIn()
  await phone.sees('are you there?')
  await expect
    .poll(async () => (await notificationsOf(alice.page)).map(({ isClosed }) => isClosed))
    .toEqual([true])
  await bob.send(general.id, 'read at once')
  await phone.sees('read at once')
  await expect(alice.room('General')).toContainText('read at once')
  await expect(alice.room('General')).not.toContainText('unread')
  await phone.page.close()
  // Notified a moment later each: had the one before been, it would be here first.
  await bob.send(general.id, 'and this one not')
  await expect.poll(() => notificationsOf(alice.page)).toHaveLength(2)
  expect((await notificationsOf(alice.page)).at(-1)?.body).toBe('bob: and this one not')
})

test('of several tabs one notifies, and none while one of them has the attention', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await recordNotifications(alice.page, 'default')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await alice.createRoom('Garden')
  await chooseNotifications(alice)
  const second = await alice.page.context().newPage()
  await recordNotifications(second)
  await second.goto(alice.page.url())
  await expect(second.getByRole('log')).toBeVisible()
  await alice.room('Garden').click()
  await second.getByRole('link', { name: /^Garden/ }).click()
  const both = async () =>
    [...(await notificationsOf(alice.page)), ...(await notificationsOf(second))].map(
      ({ body }) => body,
    )

  await lookAway(alice.page)
  await bob.send(general.id, 'seen in the second tab')
  await expect(alice.room('General')).toContainText('seen in the second tab')
  await expect(second.getByRole('link', { name: /^General/ })).toContainText('seen in the second')
  // Each room is asked about on its own, in order: what comes later is notified later.
  await bob.send(general.id, 'seen there, too')
  await expect(second.getByRole('link', { name: /^General/ })).toContainText('seen there, too')
  await lookAway(second)
  await bob.send(general.id, 'seen nowhere')
  await expect.poll(both).toEqual(['bob: seen nowhere'])
})

test('the tab shows that there is something to read', async ({ person, account }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.createRoom('Garden')
  const bob = await account('bob')
  const general = await bob.general()
  const icon = alice.page.locator('link[rel="icon"]')
  await expect(icon).toHaveAttribute('href', '/favicon.svg')
  await bob.send(general.id, 'something new')
  await expect(icon).toHaveAttribute('href', '/favicon-unread.svg')
  await expect(alice.page).toHaveTitle(/^\(1\) Garden/)
  await alice.room('General').click()
  await expect(icon).toHaveAttribute('href', '/favicon.svg')
  await expect(alice.page).not.toHaveTitle(/^\(/)
})

test('a click on a notification of the service worker leads to its room', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const garden = await bob.createRoom('Garden')
  await bob.request('POST', `/rooms/${garden.id}/add-member`, { username: 'alice' })
  await appIsKept(alice.page)
  await expect(alice.room('Garden')).toBeVisible()
  const [worker] = alice.page.context().serviceWorkers()
  const isClosed = await worker?.evaluate(async (path) => {
    let closed = false
    let opened = Promise.resolve()
    // The browser makes none of its own without a notification of the system.
    const click = Object.assign(new Event('notificationclick'), {
      notification: { data: { path }, close: () => (closed = true) },
      waitUntil: (promise: Promise<void>) => (opened = promise),
    })
    dispatchEvent(click)
    // Only a click of a person may take the focus to a window.
    await opened.catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'InvalidAccessError') throw error
    })
    return closed
  }, `/r/${garden.id}`)
  expect(isClosed).toBe(true)
  await expect(alice.page.getByRole('heading', { level: 1, name: 'Garden' })).toBeVisible()
})
