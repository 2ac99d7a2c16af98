import { expect, test } from './support/test'

test('a conversation that fails leaves the rest usable, and can be tried again', async ({
  person,
  account,
}) => {
  await (await person('alice')).signUp()
  const alice = await person('alice')
  const { page } = alice
  const bob = await account('bob')
  const garden = await bob.createRoom('Garden')
  await bob.request('POST', `/rooms/${garden.id}/add-member`, { username: 'alice' })
  const message = await bob.send(garden.id, 'hello')
  // As no server should ever answer.
  await page.route(new RegExp(`/messages/${garden.id}$`), (route) =>
    route.fulfill({ json: [{ ...message, createdAt: 'never' }] }),
  )
  await alice.open('/login')
  await alice.logIn()
  await alice.room('Garden').click()
  await expect(page.getByText('Something went wrong here')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Leave the room' })).toBeVisible()

  await alice.room('General').click()
  await alice.say('still here')
  await alice.sees('still here')
})
