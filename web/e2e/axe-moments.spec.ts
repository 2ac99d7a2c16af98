import { expectNoViolations } from './support/axe'
import { appIsKept, remembered } from './support/kept'
import { Person } from './support/person'
import { Proxy } from './support/proxy'
import { expect, test } from './support/test'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in what comes and goes, in ${colorScheme}`, async ({
    person,
    account,
  }) => {
    test.setTimeout(120_000)
    const alice = await person('alice', { colorScheme })
    const { page } = alice
    await alice.signUp()
    const bob = await account('bob')
    const rooms = []
    for (const name of ['Archive', 'Shed', 'Attic']) {
      const room = await bob.createRoom(name)
      await bob.request('POST', `/rooms/${room.id}/add-member`, { username: 'alice' })
      rooms.push(room)
    }
    const [archive, shed, attic] = rooms
    if (!archive || !shed || !attic) throw new Error('A room is missing')
    await expect(page.getByText('You were added to Archive.')).toBeVisible()
    await expectNoViolations(page)

    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('ar')
    await expect(page.getByRole('option', { name: /^Archive/ })).toBeVisible()
    await expectNoViolations(page)
    await page.keyboard.press('Escape')

    await alice.createRoom('Garden')
    await page.getByLabel('Add somebody by username').fill('bo')
    await expect(page.getByRole('option', { name: /^bob/ })).toBeVisible()
    await expectNoViolations(page)
    await page.getByLabel('Add somebody by username').fill('')

    await bob.sendMany(
      archive.id,
      Array.from({ length: 120 }, (_, n) => `row ${n}`),
    )
    await expect(alice.room('Archive')).toContainText('120 unread')
    await alice.room('Archive').click()
    await expect(page.getByText(/^120 new messages since/)).toBeVisible()
    await expectNoViolations(page)
    await page.getByRole('button', { name: 'Mark as read' }).click()

    const members = (await bob.request('GET', `/rooms/${shed.id}`)) as {
      members: { userId: string; role: string }[]
    }
    const id = members.members.find(({ role }) => role !== 'owner')?.userId
    await alice.room('Shed').click()
    await alice.composer.fill('half a sent')
    await bob.request('DELETE', `/rooms/${shed.id}/members/${id}`)
    await expect(page.getByLabel('What you were writing')).toHaveValue('half a sent')
    await expectNoViolations(page)
    await alice.room('Attic').click()
    await expect(alice.composer).toBeVisible()
    await bob.request('DELETE', `/rooms/${attic.id}`)
    await expect(page.getByText('Its owner deleted it with all its messages.')).toBeVisible()
    await expectNoViolations(page)

    await page.setViewportSize({ width: 390, height: 780 })
    await page.getByRole('button', { name: 'Show rooms' }).click()
    await alice.room('Garden').click()
    await page.getByRole('button', { name: 'Members and settings' }).click()
    await expect(page.getByText('alice (you)')).toBeVisible()
    await expectNoViolations(page)
  })

  test(`axe finds nothing in a new version and without a network, in ${colorScheme}`, async ({
    browser,
    server,
  }) => {
    test.setTimeout(120_000)
    const proxy = await Proxy.start(server.url)
    const context = await browser.newContext({ colorScheme })
    const alice = new Person(await context.newPage(), 'alice', proxy.url)
    const { page } = alice
    await alice.signUp()
    await alice.createRoom('Garden')
    await appIsKept(page)
    await page.reload()
    await expect(alice.composer).toBeVisible()
    proxy.version = 2
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
    await expect(page.getByText('A new version is ready.')).toBeVisible()
    await expectNoViolations(page)
    await page.getByRole('button', { name: 'Later' }).click()

    await expect.poll(() => remembered(page, 'rooms')).toContain('Garden')
    await context.setOffline(true)
    await expect(page.getByText('You are offline.').first()).toBeVisible()
    await alice.say('kept')
    await expect(alice.message('kept')).toContainText('Waiting for the connection')
    await expectNoViolations(page)
    await context.setOffline(false)
    await context.close()
    proxy.stop()
  })
}
