import { type BrowserContextOptions, test as base } from '@playwright/test'

import { Account } from './account'
import { Person } from './person'
import { Server } from './server'

interface Fixtures {
  server: Server
  /** A person with a browser of their own, not signed up yet. */
  person: (name: string, options?: BrowserContextOptions) => Promise<Person>
  account: (name: string) => Promise<Account>
}

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const server = await Server.start()
    await use(server)
    await server.stop()
  },
  person: async ({ browser, server }, use) => {
    const contexts: { close: () => Promise<void> }[] = []
    await use(async (name, options) => {
      const context = await browser.newContext(options)
      contexts.push(context)
      return new Person(await context.newPage(), name, server.url)
    })
    for (const context of contexts) await context.close()
  },
  account: async ({ server }, use) => {
    await use((name) => Account.signUp(server, name))
  },
})

export { expect } from '@playwright/test'
