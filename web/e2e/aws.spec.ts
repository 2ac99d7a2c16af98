import type { Browser } from '@playwright/test'

import type { components } from '../src/api/schema'
import { PASSWORD } from './support/account'
import { AwsShape } from './support/aws'
import { Person } from './support/person'
import { expect, test } from './support/test'

type Schemas = components['schemas']

test('two people talk to each other behind API Gateway', async ({ browser }, info) => {
  test.slow()
  const shape = await AwsShape.start()
  try {
    await talk(browser, shape, info.outputPath('garden.png'))
  } finally {
    await shape.stop()
  }
})

test('behind API Gateway, too, a session that ends elsewhere ends here', async ({ browser }) => {
  test.slow()
  const shape = await AwsShape.start()
  try {
    const alice = new Person(await browser.newPage(), 'alice', shape.url)
    await alice.signUp()
    await changePassword(shape, alice)
    // The gateway closes without a reason, and refuses the handshake that follows.
    await expect(alice.page.getByText('Your session has ended')).toBeVisible()
    await alice.page.close()
  } finally {
    await shape.stop()
  }
})

async function changePassword(shape: AwsShape, person: Person): Promise<void> {
  const ask = async (method: string, path: string, body: unknown, token = '') => {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
    const answer = await fetch(shape.api + path, { method, headers, body: JSON.stringify(body) })
    expect(answer.ok).toBe(true)
    return (await answer.json()) as unknown
  }
  const login = { email: person.email, password: PASSWORD }
  const { user, token } = (await ask('POST', '/auth/login', login)) as Schemas['SessionTokens']
  const change = { currentPassword: PASSWORD, password: 'battery staple 42' }
  await ask('PATCH', `/users/${user.id}`, change, token)
}

async function talk(browser: Browser, shape: AwsShape, picture: string): Promise<void> {
  const alice = new Person(await browser.newPage(), 'alice', shape.url)
  const bob = new Person(await browser.newPage(), 'bob', shape.url)
  const complaints: string[] = []
  for (const { page } of [alice, bob]) {
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
  }
  const sockets = new Set<string>()
  bob.page.on('websocket', (socket) => sockets.add(new URL(socket.url()).host))
  await alice.signUp()
  await bob.signUp()
  expect([...sockets]).toEqual([new URL(shape.ws).host])

  await alice.say('Hello over the gateway')
  await bob.sees('Hello over the gateway')
  await bob.say('Hello back')
  await alice.sees('Hello back')

  await alice.createRoom('Garden')
  await alice.addMember('bob')
  await bob.room('Garden').click()
  await alice.say('The roses bloom')
  await bob.sees('The roses bloom')

  // Two hours have passed: both come back, and nothing is missing.
  const returns = [alice, bob].map(({ page }) => page.waitForEvent('websocket'))
  shape.endConnections()
  await bob.say('And the lilies')
  await Promise.all(returns)
  await alice.sees('And the lilies')
  await alice.say('So they do')
  await bob.sees('So they do')
  await expect(bob.page.getByText('Sending…')).toHaveCount(0)
  for (const person of [alice, bob]) {
    expect(await person.shown()).toEqual(['The roses bloom', 'And the lilies', 'So they do'])
  }
  expect(complaints).toEqual([])
  await bob.page.screenshot({ path: picture })

  await alice.page.getByRole('button', { name: 'Remove bob' }).click()
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(bob.room('Garden')).toHaveCount(0)
  await alice.say('He is gone')
  await alice.sees('He is gone')
  await expect(bob.message('He is gone')).toHaveCount(0)
  for (const { page } of [alice, bob]) await page.close()
}
