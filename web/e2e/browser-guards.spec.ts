import type { Page } from '@playwright/test'
import { createServer } from 'node:http'

import { freePort } from './support/server'
import { expect, test } from './support/test'

/** Of at most 50 characters, as names of rooms are. */
const names = [
  '<script>window.hit=1</script>',
  '<img src=x onerror=window.hit=1>',
  '<svg onload=window.hit=1>',
  '"><img src=x onerror=window.hit=1>',
  "' onmouseover=window.hit=1 x='",
  '</title><script>window.hit=1</script>',
  'javascript:window.hit=1',
  '{{constructor.constructor("window.hit=1")()}}',
  '${window.hit=1}',
  '&lt;img src=x onerror=window.hit=1&gt;',
]

/** Everything that a page does which it should not. */
function watch(page: Page): string[] {
  const alarms: string[] = []
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => alarms.push('a dialog')))
  page.on('pageerror', (error) => alarms.push(error.message))
  page.on('console', (message) => {
    if (/Content.Security.Policy|TrustedHTML|TrustedScript|Refused to/u.test(message.text())) {
      alarms.push(message.text())
    }
  })
  return alarms
}

test('no name of a room runs, wherever it is shown', async ({ person, account }) => {
  const owner = await account('alice')
  for (const name of names) await owner.createRoom(name)
  const bob = await person('bob')
  const alice = await person('alice')
  const pages = [alice.page, bob.page]
  const alarms = pages.map(watch)
  await bob.signUp()
  await alice.open('/login')
  await alice.logIn()
  const rooms = alice.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link')
  for (const name of names) {
    await rooms.filter({ has: alice.page.getByText(name, { exact: true }) }).click()
    await expect(alice.page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible()
    await expect.poll(() => alice.page.title()).toContain(name)
  }
  // In the list of somebody who is told of it, in the one to choose from, in a question.
  await alice.addMember('bob')
  await expect(bob.page.getByText(names.at(-1) ?? '', { exact: true }).first()).toBeVisible()
  await alice.page.getByRole('button', { name: 'Delete the room' }).click()
  await expect(alice.page.getByRole('dialog')).toContainText(names.at(-1) ?? '')
  await alice.page.keyboard.press('Escape')
  await alice.page.keyboard.press('Control+k')
  await expect(alice.page.getByRole('option')).toHaveCount(names.length + 1)
  for (const page of pages) expect(await page.evaluate(() => 'hit' in window)).toBe(false)
  expect(alarms.flat()).toEqual([])
})

test('text becomes neither HTML nor code in the page, whoever tries', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  const refused = await alice.page.evaluate(() => {
    const attempts: Record<string, () => unknown> = {
      html: () => (document.createElement('p').innerHTML = '<b>x</b>'),
      parser: () => new DOMParser().parseFromString('<b>x</b>', 'text/html'),
      script: () => (document.createElement('script').src = 'https://evil.example/x.js'),
      worker: () => new Worker('data:text/javascript,1'),
      eval: () => window.eval('1') as unknown,
      policy: () =>
        (
          window as unknown as {
            trustedTypes: { createPolicy: (name: string, rules: object) => unknown }
          }
        ).trustedTypes.createPolicy('another', {}),
    }
    const isRefused = (attempt: () => unknown) => {
      try {
        attempt()
        return false
      } catch {
        return true
      }
    }
    // Afterwards: what a test evaluates itself may evaluate more.
    return new Promise<[string, boolean][]>((resolve) => {
      const entries = Object.entries(attempts)
      setTimeout(() => resolve(entries.map(([name, attempt]) => [name, isRefused(attempt)])))
    })
  })
  for (const [name, is] of refused) expect(is, name).toBe(true)
  // What the app itself needs of it works: the parser has the browser read references in the text of a link.
  await alice.say('[sugar &amp; spice](https://a.example/)')
  const link = alice.log.getByRole('link', { name: 'sugar &amp; spice' })
  await expect(link).toHaveAttribute('href', 'https://a.example/')
})

test('a page of another site cannot show ours in a frame', async ({ page, server }) => {
  const port = await freePort()
  const other = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html')
    answer.end(
      ['/', '/login', '/docs/']
        .map((path) => `<iframe src="${server.url}${path}"></iframe>`)
        .join(''),
    )
  })
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  await page.goto(`http://127.0.0.1:${port}`)
  const frames = page.frames().filter((frame) => frame !== page.mainFrame())
  expect(frames).toHaveLength(3)
  for (const frame of frames) {
    await expect.poll(() => frame.url()).toMatch(/^chrome-error:/u)
  }
  await new Promise((resolve) => other.close(resolve))
})

test('the token of a reset link is told to nobody', async ({ person, server }) => {
  const alice = await person('alice')
  const { page } = alice
  const told: string[] = []
  page.on('request', (request) => {
    const isThePage = request.isNavigationRequest()
    const said = `${isThePage ? '' : request.url()} ${JSON.stringify(request.headers())}`
    if (said.includes('the-token')) told.push(said)
  })
  const alarms = watch(page)
  await page.goto(`${server.url}/reset-password?token=the-token`)
  await expect(page.getByRole('heading', { name: 'Choose a new password' })).toBeVisible()
  await page.getByRole('link').first().click()
  await expect(page).not.toHaveURL(/token/u)
  expect(told).toEqual([])
  expect(alarms).toEqual([])
})

test('the documentation of the API opens within its policy', async ({ page, server }) => {
  const alarms = watch(page)
  await page.goto(`${server.url}/docs/`)
  await expect(page.getByText('/auth/login')).toBeVisible()
  await page.getByText('/auth/login').click()
  await expect(page.getByText('Request body')).toBeVisible()
  expect(alarms).toEqual([])
})
