import { expect, test } from './support/test'

test('two people talk to each other', async ({ person }) => {
  const alice = await person('alice')
  const bob = await person('bob')
  await alice.signUp()
  await bob.signUp()

  await alice.say('Hello Bob')
  await bob.sees('Hello Bob')
  await bob.say('Hello Alice')
  await alice.sees('Hello Alice')
  expect(await alice.shown()).toEqual(['Hello Bob', 'Hello Alice'])
  await expect(alice.page.getByText('Sending…')).toHaveCount(0)
})

test('text keeps its lines, and its links open elsewhere', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.composer.fill('one')
  await alice.composer.press('Shift+Enter')
  await alice.composer.pressSequentially('two https://example.org/x.')
  await alice.composer.press('Enter')
  await alice.sees('two https://example.org/x.')
  expect(await alice.shown()).toEqual(['one\ntwo https://example.org/x.'])
  const link = alice.log.getByRole('link')
  await expect(link).toHaveAttribute('href', 'https://example.org/x')
  await expect(link).toHaveAttribute('rel', /noopener/)
})

test('messages in another room count as unread until they are read', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const room = await bob.createRoom('Garden')
  await bob.request('POST', `/rooms/${room.id}/add-member`, { username: 'alice' })
  await expect(alice.room('Garden')).toBeVisible()
  await bob.send(room.id, 'The roses bloom')
  await bob.send(room.id, 'And the lilies')
  await expect(alice.room('Garden')).toContainText('2 unread')
  await expect(alice.page).toHaveTitle(/^\(2\)/)

  await alice.room('Garden').click()
  await alice.sees('And the lilies')
  await expect(alice.page.getByText('New messages')).toBeVisible()
  await expect(alice.room('Garden')).not.toContainText('unread')

  const second = await person('alice')
  await second.open('/login')
  await second.logIn()
  await expect(second.room('Garden')).toBeVisible()
  await expect(second.room('Garden')).not.toContainText('unread')
})

test('earlier messages load as one scrolls up, without a jump', async ({ person, account }) => {
  const bob = await account('bob')
  const general = await bob.general()
  for (let n = 1; n <= 180; n += 1) await bob.send(general.id, `message ${n} of many`)

  const alice = await person('alice')
  await alice.signUp()
  await alice.sees('message 180 of many')
  await expect(alice.log.locator('[data-index="0"]')).toHaveCount(0)

  await alice.log.hover()
  while ((await alice.message('message 1 of many').count()) === 0) {
    await alice.page.mouse.wheel(0, -4000)
    await alice.page.evaluate(() => new Promise(requestAnimationFrame))
  }
  const shown = await alice.shown()
  expect(shown).toEqual(Array.from({ length: 180 }, (_, index) => `message ${index + 1} of many`))

  await alice.page.getByRole('button', { name: 'Jump to the newest' }).click()
  await expect(alice.message('message 180 of many')).toBeInViewport()
})

test('what one sends is shown, wherever one was reading', async ({ person, account }) => {
  const bob = await account('bob')
  const general = await bob.general()
  for (let n = 1; n <= 40; n += 1) await bob.send(general.id, `line ${n} of a long talk`)
  const alice = await person('alice')
  await alice.signUp()
  await alice.sees('line 40 of a long talk')
  await alice.log.hover()
  await alice.page.mouse.wheel(0, -1200)
  await expect(alice.message('line 40 of a long talk')).not.toBeInViewport()
  await alice.say('my answer')
  await expect(alice.message('my answer')).toBeInViewport()
})

test('a draft outlives a reload, room by room', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.composer.fill('half a thought')
  await alice.createRoom('Garden')
  await expect(alice.composer).toHaveValue('')
  await alice.page.reload()
  await alice.room('General').click()
  await expect(alice.composer).toHaveValue('half a thought')
})

test('a message past the limit is counted and not sent', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.composer.fill('é'.repeat(4001))
  await expect(alice.page.getByText('4,001 / 4,000 characters: 1 too many')).toBeVisible()
  await expect(alice.page.getByRole('button', { name: 'Send' })).toBeDisabled()
  await alice.composer.fill('🙂'.repeat(4000))
  await expect(alice.page.getByText('4,000 / 4,000 characters')).toBeVisible()
  await alice.composer.press('Enter')
  await expect(alice.composer).toHaveValue('')
  await alice.sees('🙂🙂🙂')
  await expect(alice.page.getByText('Sending…')).toHaveCount(0)
})

test('a draft of many lines leaves the newest message in sight', async ({ person, account }) => {
  const bob = await account('bob')
  const general = await bob.general()
  await bob.sendMany(
    general.id,
    Array.from({ length: 40 }, (_, n) => `message ${n}`),
  )
  const alice = await person('alice')
  await alice.signUp()
  await bob.send(general.id, 'the newest')
  await alice.composer.focus()
  for (let line = 0; line < 8; line++) {
    await alice.page.keyboard.type('line')
    await alice.page.keyboard.press('Shift+Enter')
    await expect(alice.message('the newest')).toBeInViewport({ ratio: 1 })
  }
  await expect(alice.page.getByRole('button', { name: 'Jump to the newest' })).toHaveCount(0)
})
