import { PASSWORD } from './support/account'
import { expectNoViolations } from './support/axe'
import { expect, test } from './support/test'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen, in ${colorScheme}`, async ({ person, account }) => {
    test.setTimeout(120_000)
    const alice = await person('alice', { colorScheme })
    const { page } = alice
    for (const [path, heading] of [
      ['/login', 'Welcome back'],
      ['/signup', 'Create your account'],
      ['/forgot-password', 'Forgotten password'],
      ['/reset-password', 'Choose a new password'],
      ['/none', 'This page does not exist'],
    ] as const) {
      await alice.open(path)
      await expect(page.getByRole('heading', { name: heading })).toBeVisible()
      await expectNoViolations(page)
    }
    await alice.open('/signup')
    await page.getByLabel('Username').fill('x')
    await page.keyboard.press('Enter')
    await expect(page.getByText('At least 3 characters.')).toBeVisible()
    await expectNoViolations(page)

    await alice.signUp()
    await expect(page.getByText('Nothing here yet')).toBeVisible()
    await expectNoViolations(page)
    const bob = await account('bob')
    const general = await bob.general()
    await bob.send(general.id, 'See https://example.org')
    await alice.say('Thank you')
    await alice.sees('Thank you')
    await alice.createRoom('Garden')
    await alice.addMember('bob')
    await expectNoViolations(page)
    for (const name of [
      'New room',
      'Rename',
      'Leave the room',
      'Delete the room',
      'Remove bob',
      'Find a room',
      'Keyboard shortcuts',
    ]) {
      await page.getByRole('button', { name, exact: true }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await expectNoViolations(page)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
    }
    await alice.room('General').click()
    await alice.sees('Thank you')
    await expectNoViolations(page)
    await alice.open('/profile')
    await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible()
    await expectNoViolations(page)
    await page.setViewportSize({ width: 390, height: 780 })
    await alice.open('/')
    await alice.sees('Thank you')
    await expectNoViolations(page)
    await page.getByRole('button', { name: 'Show rooms' }).click()
    await expectNoViolations(page)
  })
}

test('a screen reader goes through the room in a sensible order', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.createRoom('Garden')
  const order = [
    'link "Skip to the conversation"',
    'navigation "Rooms"',
    'button "Find a room"',
    'link "General',
    'heading "Rooms" [level=2]',
    'main',
    'heading "Garden" [level=1]',
    'log "Messages in Garden"',
    'textbox "Message Garden"',
    'complementary "Members and settings"',
    'heading "Members',
    'region "Room settings"',
  ]
  // The parts of the page load one by one.
  let tree = ''
  const missing = async () => {
    tree = await alice.page.locator('body').ariaSnapshot()
    return order.filter((part) => !tree.includes(part))
  }
  await expect.poll(missing).toEqual([])
  const places = order.map((part) => tree.indexOf(part))
  expect(places).toEqual([...places].sort((one, other) => one - other))

  await alice.page.reload()
  // It takes the focus once the room is there.
  await expect(alice.composer).toBeFocused()
  await alice.page.getByRole('link', { name: 'Skip to the conversation' }).focus()
  await alice.page.keyboard.press('Enter')
  await expect(alice.page.getByRole('main')).toBeFocused()
})

test('signing up and sending need no pointer', async ({ person }) => {
  const alice = await person('alice')
  const { page } = alice
  await alice.open('/login')
  await expect(page.getByLabel('Email or username')).toBeFocused()
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Sign up' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Username')).toBeFocused()
  await page.keyboard.type('alice')
  await page.keyboard.press('Tab')
  await page.keyboard.type('alice@example.org')
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await expect(alice.composer).toBeFocused()
  await page.keyboard.type('typed')
  await page.keyboard.press('Enter')
  await alice.sees('typed')
  await expect(alice.composer).toBeFocused()
})

test('a dialog keeps the focus, closes with Escape and gives the focus back', async ({
  person,
}) => {
  const alice = await person('alice')
  const { page } = alice
  await alice.signUp()
  const opener = page.getByRole('button', { name: 'New room' })
  await opener.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Create a room' })
  await expect(dialog.getByLabel('Name of the room')).toBeFocused()
  for (let step = 0; step < 8; step += 1) {
    await page.keyboard.press('Tab')
    const outside = await page.evaluate(() => {
      const focused = document.activeElement
      return focused !== document.body && focused?.closest('dialog') === null
    })
    expect(outside).toBe(false)
  }
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(opener).toBeFocused()
})

test('messages are announced politely, in a log that the keyboard can scroll', async ({
  person,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  await expect(alice.log).toHaveAttribute('aria-live', 'polite')
  await expect(alice.log).toHaveAccessibleName('Messages in General')
  await alice.log.focus()
  await expect(alice.log).toBeFocused()
})
