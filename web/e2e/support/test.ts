import { type BrowserContextOptions, test as base } from '@playwright/test'

import { Account } from './account'
import { Person } from './person'
import { Server } from './server'
import { Traffic } from './traffic'

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
  person: async ({ browser, server }, use, testInfo) => {
    const contexts: { close: () => Promise<void> }[] = []
    const traffic = new Traffic()
    await use(async (name, options) => {
      const context = await browser.newContext(options)
      contexts.push(context)
      const page = await context.newPage()
      traffic.follow(page, name)
      return new Person(page, name, server.url)
    })
    if (testInfo.status !== testInfo.expectedStatus) process.stderr.write(`${traffic.toString()}\n`)
    for (const context of contexts) await context.close()
  },
  account: async ({ server }, use) => {
    await use((name) => Account.signUp(server, name))
  },
})

export { expect } from '@playwright/test'
