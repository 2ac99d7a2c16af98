import type { Browser } from '@playwright/test'

import { Nodes } from './support/nodes'
import { Person } from './support/person'
import { expect, test } from './support/test'

test('two people on different nodes talk to each other', async ({ browser }) => {
  test.slow()
  const nodes = await Nodes.start(2)
  try {
    await talk(browser, nodes)
  } finally {
    await nodes.stop()
  }
})

async function talk(browser: Browser, nodes: Nodes): Promise<void> {
  const [first, second] = nodes.servers
  if (!first || !second) throw new Error('There are two')
  const alice = new Person(await browser.newPage(), 'alice', first.url)
  const bob = new Person(await browser.newPage(), 'bob', second.url)
  await alice.signUp()
  await bob.signUp()

  await alice.say('Hello from the first node')
  await bob.sees('Hello from the first node')
  await bob.say('Hello from the second')
  await alice.sees('Hello from the second')

  // A room of one, a member from the other.
  await alice.createRoom('Garden')
  await alice.addMember('bob')
  await bob.room('Garden').click()
  await alice.say('The roses bloom')
  await bob.sees('The roses bloom')

  // Hers dies, and he goes on.
  await first.kill()
  await bob.say('And the lilies')
  await bob.sees('And the lilies')
  await expect(bob.page.getByText('Sending…')).toHaveCount(0)
  await first.run()
  await alice.sees('And the lilies')
  await alice.say('So they do')
  await bob.sees('So they do')
  for (const person of [alice, bob]) {
    expect(await person.shown()).toEqual(['The roses bloom', 'And the lilies', 'So they do'])
    await person.page.close()
  }
}
