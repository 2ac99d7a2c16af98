import type { Account } from './support/account'
import type { Person } from './support/person'
import { expect, test } from './support/test'

/** A room of both, in which the owner wrote `row 1` to `row n`. */
async function writtenTo(person: Person, owner: Account, count: number): Promise<number> {
  const room = await owner.createRoom('Archive')
  await owner.request('POST', `/rooms/${room.id}/add-member`, { username: person.name })
  // Most of them of several lines: how high they are is known only when they are drawn.
  const textOf = (n: number) => (/[234678]$/.test(`${n}`) ? `row ${n}\nand\nmore` : `row ${n}`)
  const rows = Array.from({ length: count }, (_, index) => textOf(index + 1))
  await owner.sendMany(room.id, rows)
  await expect(person.room('Archive')).toContainText(`${count} unread`)
  return room.id
}

const row = (person: Person, n: number) => person.log.getByText(`row ${n}`, { exact: true })

test('a room opens where one stopped reading, and is read as one goes on', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  await writtenTo(alice, bob, 45)
  const second = await person('alice')
  await second.open('/login')
  await second.logIn()
  await expect(second.room('Archive')).toContainText('45 unread')

  await alice.room('Archive').click()
  await expect(alice.log.getByText('New messages', { exact: true })).toBeInViewport()
  await expect(row(alice, 1)).toBeInViewport()
  await expect(row(alice, 45)).not.toBeInViewport()
  await expect(alice.room('Archive')).not.toContainText('45 unread')
  await expect(alice.room('Archive')).toContainText('unread')
  await expect(second.room('Archive')).not.toContainText('45 unread')
  await expect(second.room('Archive')).toContainText('unread')

  await alice.page.getByRole('button', { name: /new messages$/ }).click()
  await expect(row(alice, 45)).toBeInViewport()
  await expect(alice.log).toBeFocused()
  await expect(alice.room('Archive')).not.toContainText('unread')
  await expect(second.room('Archive')).not.toContainText('unread')
})

test('what is unread further up than is loaded waits until one goes there', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  await writtenTo(alice, await account('bob'), 450)
  await alice.room('Archive').click()
  await expect(row(alice, 450)).toBeInViewport()
  await expect(alice.page.getByText(/^450 new messages since \d\d:\d\d$/)).toBeVisible()
  await expect(alice.room('Archive')).toContainText('450 unread')

  await alice.page.getByRole('button', { name: 'Jump to first unread' }).click()
  await expect(alice.log.getByText('New messages', { exact: true })).toBeInViewport()
  await expect(row(alice, 1)).toBeInViewport()
  await expect(alice.log).toBeFocused()
  await expect(alice.page.getByText(/new messages since/)).toHaveCount(0)
  await expect(alice.room('Archive')).not.toContainText('450 unread')
  await expect(alice.room('Archive')).toContainText('unread')

  await alice.page.keyboard.press('End')
  await expect(row(alice, 450)).toBeInViewport()
  await expect(alice.room('Archive')).not.toContainText('unread')
})

test('the way to the first unread message can be given up', async ({ person, account }) => {
  const alice = await person('alice')
  await alice.signUp()
  await writtenTo(alice, await account('bob'), 450)
  let asked = 0
  let release: () => void = () => undefined
  const isReleased = new Promise<void>((resolve) => (release = resolve))
  await alice.page.route(/\/messages\/\d+\?.*limit=200/, async (route) => {
    asked += 1
    await isReleased
    await route.continue()
  })
  await alice.room('Archive').click()
  await alice.page.getByRole('button', { name: 'Jump to first unread' }).click()
  await expect(alice.page.getByText('400 messages to load…')).toBeVisible()
  await alice.log.hover()
  await alice.page.mouse.wheel(0, -400)
  await expect(row(alice, 450)).not.toBeInViewport()
  await alice.page.getByRole('button', { name: 'Stop' }).click()
  await expect(alice.page.getByRole('button', { name: 'Jump to first unread' })).toBeVisible()
  release()
  // The page that was on its way is kept, and no other is asked for.
  await expect(alice.log).toHaveAttribute('aria-busy', 'false')
  await alice.log.press('End')
  await expect(row(alice, 450)).toBeInViewport()
  await expect(alice.room('Archive')).toContainText('450 unread')
  expect(asked).toBe(1)
})

test('all can be marked as read without reading it', async ({ person, account }) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const room = await writtenTo(alice, bob, 120)
  await alice.room('Archive').click()
  await alice.page.getByRole('button', { name: 'Mark as read' }).click()
  await expect(alice.page.getByText(/new messages since/)).toHaveCount(0)
  await expect(alice.room('Archive')).not.toContainText('unread')
  await expect(alice.log).toBeFocused()

  await alice.room('General').click()
  await expect(alice.room('General')).toHaveAttribute('aria-current', 'page')
  for (let n = 121; n <= 200; n += 1) await bob.send(room, `row ${n}`)
  await expect(alice.room('Archive')).toContainText('80 unread')
  await alice.room('Archive').click()
  // They are all loaded: it opens at the first of them.
  await expect(row(alice, 121)).toBeInViewport()
  await expect(row(alice, 200)).not.toBeInViewport()
  await alice.page.keyboard.press('Escape')
  await expect(row(alice, 200)).toBeInViewport()
  await expect(alice.room('Archive')).not.toContainText('unread')
  await expect(alice.page.getByText(/new messages since/)).toHaveCount(0)
})

test('a room whose first unread message is higher than the window opens where it begins', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const tall = Array.from({ length: 60 }, (_, n) => `line ${n + 1}`).join('\n')
  for (const read of [0, 3, 80]) {
    const room = await bob.createRoom(`Room ${read}`)
    await bob.request('POST', `/rooms/${room.id}/add-member`, { username: 'alice' })
    const before = Array.from({ length: read }, (_, n) => `row ${n + 1}`)
    await bob.sendMany(room.id, before)
    if (read > 0) {
      await alice.room(`Room ${read}`).click()
      await expect(row(alice, read)).toBeInViewport()
      await alice.page.keyboard.press('Escape')
      await expect(alice.room(`Room ${read}`)).not.toContainText('unread')
      await alice.room('General').click()
      await expect(alice.room('General')).toHaveAttribute('aria-current', 'page')
    }
    await bob.send(room.id, tall)
    await bob.send(room.id, 'row 999')
    await expect(alice.room(`Room ${read}`)).toContainText('2 unread')

    await alice.room(`Room ${read}`).click()
    await expect(alice.page.getByRole('button', { name: 'Jump to the newest' })).toBeVisible()
    await expect(alice.log.getByText('New messages', { exact: true })).toBeInViewport()
    await expect(row(alice, 999)).not.toBeInViewport()
    await expect(alice.room(`Room ${read}`)).toContainText('2 unread')
    await alice.log.press('End')
    await expect(row(alice, 999)).toBeInViewport()
    await expect(alice.room(`Room ${read}`)).not.toContainText('unread')
  }
})
