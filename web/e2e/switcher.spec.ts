import { expect, test } from './support/test'

test('rooms are reached by keyboard alone', async ({ person, account }) => {
  const alice = await person('alice')
  const { page } = alice
  await alice.signUp()
  await alice.createRoom('Garden')
  await alice.createRoom('Café')
  const title = page.getByRole('heading', { level: 1 })

  await page.keyboard.press('Control+k')
  const field = page.getByRole('dialog', { name: 'Go to a room' }).getByRole('combobox')
  await expect(field).toBeFocused()
  await page.keyboard.type('cafe')
  await expect(page.getByRole('option', { selected: true })).toHaveText('Café')
  await page.keyboard.press('Escape')
  await expect(field).toHaveCount(0)
  await expect(alice.composer).toBeFocused()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('gard')
  await page.keyboard.press('Enter')
  await expect(title).toHaveText('Garden')
  await expect(alice.composer).toBeFocused()

  // From the composer, where the arrows alone move the caret.
  await page.keyboard.press('Alt+ArrowUp')
  await expect(title).toHaveText('Café')
  await page.keyboard.press('Alt+ArrowUp')
  await expect(title).toHaveText('General')
  await page.keyboard.press('Alt+ArrowUp')
  await expect(title).toHaveText('Garden')

  const bob = await account('bob')
  const orchard = await bob.createRoom('Orchard')
  await bob.request('POST', `/rooms/${orchard.id}/add-member`, { username: 'alice' })
  await bob.send(orchard.id, 'Ripe')
  await expect(alice.room('Orchard')).toContainText('1 unread')
  await page.keyboard.press('Alt+Shift+ArrowDown')
  await expect(title).toHaveText('Orchard')
  await expect(alice.room('Orchard')).not.toContainText('unread')

  await page.keyboard.press('Control+/')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('CtrlK')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('a name that no room has becomes one', async ({ person }) => {
  const alice = await person('alice')
  const { page } = alice
  await alice.signUp()
  await page.getByRole('button', { name: 'Find a room' }).click()
  await page.getByRole('combobox').fill('Greenhouse')
  await page.getByRole('option', { name: 'Create the room “Greenhouse”' }).click()
  await expect(page.getByLabel('Name of the room')).toHaveValue('Greenhouse')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Greenhouse' })).toBeVisible()
  await expect(alice.composer).toBeFocused()
})

test('Escape marks the room as read', async ({ person, account }) => {
  const bob = await account('bob')
  const general = await bob.general()
  const alice = await person('alice')
  await alice.signUp()
  for (let n = 1; n <= 60; n += 1) await bob.send(general.id, `line ${n}`)
  await alice.sees('line 60')
  await alice.log.hover()
  await alice.page.mouse.wheel(0, -1200)
  await expect(alice.message('line 60')).not.toBeInViewport()
  await bob.send(general.id, 'out of sight')
  await expect(alice.room('General')).toContainText('1 unread')
  await alice.composer.press('Escape')
  await expect(alice.room('General')).not.toContainText('unread')
})
