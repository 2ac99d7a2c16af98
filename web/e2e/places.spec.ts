import { expectNothingSideways } from './support/overflow'
import { Person } from './support/person'
import { Server } from './support/server'
import { expect, test } from './support/test'

test('on a phone rooms and members are drawers, with a way back', async ({ person }) => {
  const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true }
  const alice = await person('alice', phone)
  const { page } = alice
  await alice.signUp()
  await expect(page.getByRole('navigation')).toHaveCount(0)
  await page.getByRole('button', { name: 'Show rooms' }).tap()
  await alice.createRoom('Garden')
  await expect(page.getByRole('navigation')).toHaveCount(0)
  await alice.composer.fill('from my phone')
  await page.getByRole('button', { name: 'Send' }).tap()
  await alice.sees('from my phone')
  await page.getByRole('button', { name: 'Members and settings' }).tap()
  await expect(page.getByText('alice (you)')).toBeVisible()
  await page.getByRole('button', { name: 'Rename' }).tap()
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Name of the room')).toHaveCount(0)
  await expect(page.getByText('alice (you)')).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).tap()
  // Its entry in the history goes a moment after the drawer itself; Back before that would take the entry.
  await page.waitForFunction(() => !(history.state as { layers?: number } | null)?.layers)
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'General' })).toBeVisible()
  await expectNothingSideways(page)
})

test('on a phone Back closes what lies over the room, and unread elsewhere is shown', async ({
  person,
  account,
}) => {
  const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true }
  const alice = await person('alice', phone)
  const { page } = alice
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await page.getByRole('button', { name: 'Show rooms' }).tap()
  await alice.createRoom('Garden')
  await bob.send(general.id, 'over here')
  const menu = page.getByRole('button', { name: 'Show rooms' })
  await expect(menu).toHaveAccessibleDescription(/1 unread/)
  const address = page.url()

  await menu.tap()
  await page.getByRole('button', { name: 'New room' }).tap()
  await expect(page.getByLabel('Name of the room')).toBeVisible()
  await page.goBack()
  await expect(page.getByLabel('Name of the room')).toHaveCount(0)
  await expect(page.getByRole('navigation')).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('navigation')).toHaveCount(0)
  expect(page.url()).toBe(address)

  await menu.tap()
  await page.getByRole('link', { name: /^General/ }).tap()
  await expect(page.getByRole('heading', { level: 1, name: 'General' })).toBeFocused()
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'Garden' })).toBeVisible()
})

test('nothing has to be scrolled sideways at 320 pixels', async ({ person, account }) => {
  const alice = await person('alice', { viewport: { width: 320, height: 640 } })
  await alice.signUp()
  const bob = await account('bob')
  const room = await bob.createRoom('A name of a room that is longer than it is wide')
  await bob.request('POST', `/rooms/${room.id}/add-member`, { username: 'alice' })
  await bob.send(room.id, 'x'.repeat(300))
  for (const path of ['/', `/r/${room.id}`, '/profile']) {
    await alice.open(path)
    await expect(alice.page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectNothingSideways(alice.page)
  }
})

test('a French browser gets French, and the choice of another language is kept', async ({
  person,
}) => {
  const alice = await person('alice', { locale: 'fr-FR' })
  const { page } = alice
  await alice.open('/login')
  await expect(page.getByRole('heading', { name: 'Content de vous revoir' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr')
  await page.getByLabel('Adresse ou nom d’utilisateur').fill('personne')
  await page.getByLabel('Mot de passe', { exact: true }).fill('peu importe 1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText(
    'L’adresse, le nom ou le mot de passe est incorrect.',
  )
  await page.getByLabel('Langue').selectOption('English')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})

test('it works over plain http on the local network', async ({ browser }) => {
  const server = await Server.start('chat.lan')
  const context = await browser.newContext()
  const alice = new Person(await context.newPage(), 'alice', server.url)
  const bob = new Person(await (await browser.newContext()).newPage(), 'bob', server.url)
  await alice.signUp()
  expect(await alice.page.evaluate(() => isSecureContext)).toBe(false)
  await bob.signUp()
  await alice.say('over plain http')
  await bob.sees('over plain http')
  // The lock between tabs has another way here.
  const second = await context.newPage()
  await Promise.all([second.goto(server.url), alice.page.reload()])
  await expect(second.getByRole('log')).toContainText('over plain http')
  await alice.sees('over plain http')
  await bob.page.context().close()
  await context.close()
  await server.stop()
})

test('the appearance follows the system, or a choice', async ({ person }) => {
  const alice = await person('alice', { colorScheme: 'dark' })
  await alice.signUp()
  const background = () =>
    alice.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await background()
  await alice.open('/profile')
  await alice.page.getByLabel('Appearance').selectOption('Light')
  expect(await background()).not.toBe(dark)
  await alice.page.reload()
  await expect(alice.page.getByLabel('Appearance')).toHaveValue('light')
  expect(await background()).not.toBe(dark)
})
