import type { Browser } from '@playwright/test'

import { Person } from './support/person'
import { Services } from './support/services'
import { expect, test } from './support/test'

test('two people whose sockets are on different nodes talk to each other through nginx', async ({
  browser,
}) => {
  test.slow()
  const services = await Services.start()
  try {
    await talk(browser, services)
  } finally {
    await services.stop()
  }
})

async function talk(browser: Browser, services: Services): Promise<void> {
  const [one, other] = services.socketNodes
  const sockets = async () => [await one.sockets(), await other.sockets()]
  const [hers, his] = [await browser.newContext(), await browser.newContext()]
  const alice = new Person(await hers.newPage(), 'alice', services.url)
  const bob = new Person(await his.newPage(), 'bob', services.url)

  await alice.signUp()
  await expect.poll(async () => (await sockets()).toSorted()).toEqual([0, 1])
  const [hersIs, hisIs] = (await one.sockets()) === 1 ? [one, other] : [other, one]
  await bob.signUp()
  await expect.poll(sockets, 'one on each').toEqual([1, 1])

  await alice.say('Hello from one node')
  await bob.sees('Hello from one node')
  await bob.say('Hello from the other')
  await alice.sees('Hello from the other')
  await alice.createRoom('Garden')
  await alice.addMember('bob')
  await bob.room('Garden').click()
  await alice.say('The roses bloom')
  await bob.sees('The roses bloom')

  // Hers dies for good: nginx sends her to his.
  await hersIs.server.kill()
  await bob.say('And the lilies')
  await alice.sees('And the lilies')
  await alice.say('So they do')
  await bob.sees('So they do')
  await expect.poll(() => hisIs.sockets(), 'both on the one that is left').toBe(2)
  for (const person of [alice, bob]) {
    await expect(person.page.getByText('Sending…')).toHaveCount(0)
    expect(await person.shown()).toEqual(['The roses bloom', 'And the lilies', 'So they do'])
  }
  await hers.close()
  await his.close()
}
