import type { Locator, Page } from '@playwright/test'

import type { Account } from './support/account'
import { expect, test } from './support/test'

/** A room with this many messages, `row 1` to `row n`. */
async function roomOf(owner: Account, count: number) {
  const room = await owner.createRoom('Archive')
  const rows = Array.from({ length: count }, (_, index) => `row ${index + 1}`)
  await owner.sendMany(room.id, rows)
  return room.id
}

async function add(owner: Account, roomId: number, username: string) {
  await owner.request('POST', `/rooms/${roomId}/add-member`, { username })
}

/** How far below the top of the log the row ends. */
function placeOf(row: Locator): Promise<number> {
  return row.evaluate((element) => {
    const top = element.closest('[role=log]')?.getBoundingClientRect().top ?? 0
    return element.getBoundingClientRect().bottom - top
  })
}

/** A row in the middle of what is in sight. */
async function rowInSight(log: Locator): Promise<Locator> {
  const text = await log.evaluate((box) => {
    const { top, height } = box.getBoundingClientRect()
    const rows = [...box.querySelectorAll('article')]
    const row = rows.find((one) => one.getBoundingClientRect().top > top + height / 2)
    return row?.querySelector('p[dir]')?.textContent ?? ''
  })
  expect(text).toMatch(/^row \d+$/)
  return log.getByRole('article').filter({ has: log.page().getByText(text, { exact: true }) })
}

const frames = (page: Page) =>
  page.evaluate(async () => {
    for (let n = 0; n < 4; n += 1) await new Promise(requestAnimationFrame)
  })

test('a long room holds few rows in the page, and reads whole from its first message', async ({
  person,
  account,
}) => {
  test.slow()
  const bob = await account('bob')
  const alice = await person('alice')
  await alice.signUp()
  const room = await roomOf(bob, 3000)
  await add(bob, room, 'alice')
  await alice.room('Archive').click()
  await alice.sees('row 3000')

  await alice.log.hover()
  const first = alice.log.getByText('row 1', { exact: true })
  while ((await first.count()) === 0) {
    await alice.page.mouse.wheel(0, -20_000)
    await alice.page.evaluate(() => new Promise(requestAnimationFrame))
    expect(await alice.log.getByRole('article').count()).toBeLessThan(80)
  }
  const written = await bob.wholeHistory(room)
  expect(written).toHaveLength(3000)
  expect(await alice.shown()).toEqual(written)

  await alice.log.focus()
  await alice.page.keyboard.press('End')
  await expect(alice.log.getByText('row 3000', { exact: true })).toBeInViewport()
  await alice.page.keyboard.press('Home')
  await expect(first).toBeInViewport()
  await alice.page.getByRole('button', { name: 'Jump to the newest' }).click()
  await expect(alice.log.getByText('row 3000', { exact: true })).toBeInViewport()
  await expect(alice.log).toBeFocused()
})

test('what one reads stays in its place while earlier messages arrive above it', async ({
  person,
  account,
}) => {
  const bob = await account('bob')
  const alice = await person('alice')
  await alice.signUp()
  const room = await roomOf(bob, 400)
  await add(bob, room, 'alice')
  let release: () => void = () => undefined
  const isReleased = new Promise<void>((resolve) => (release = resolve))
  await alice.page.route(/\/messages\/\d+\?.*before=/, async (route) => {
    await isReleased
    await route.continue()
  })
  await alice.room('Archive').click()
  await alice.sees('row 400')
  await alice.log.focus()
  await alice.page.keyboard.press('Home')
  await expect(alice.log.getByText('Loading earlier messages…')).toBeInViewport()
  await frames(alice.page)

  const row = await rowInSight(alice.log)
  const place = await placeOf(row)
  const index = () => row.locator('xpath=..').getAttribute('data-index')
  const indexBefore = Number(await index())
  release()
  await expect.poll(async () => Number(await index())).toBeGreaterThan(indexBefore + 90)
  await frames(alice.page)
  expect(Math.abs((await placeOf(row)) - place)).toBeLessThanOrEqual(2)
})

test('what one reads stays in its place when a row above it grows', async ({ person, account }) => {
  const bob = await account('bob')
  const alice = await person('alice')
  await alice.signUp()
  const room = await roomOf(bob, 120)
  await add(bob, room, 'alice')
  await alice.room('Archive').click()
  await alice.sees('row 120')
  await alice.log.hover()
  await alice.page.mouse.wheel(0, -800)
  await expect(alice.log.getByText('row 120', { exact: true })).not.toBeInViewport()
  await frames(alice.page)

  const row = await rowInSight(alice.log)
  const place = await placeOf(row)
  const grown = await alice.log.evaluate((box) => {
    const { top } = box.getBoundingClientRect()
    const above = [...box.querySelectorAll('article')].filter(
      (one) => one.getBoundingClientRect().bottom < top,
    )
    for (const one of above) one.style.paddingBottom = '50px'
    return above.length
  })
  expect(grown).toBeGreaterThan(3)
  await frames(alice.page)
  expect(Math.abs((await placeOf(row)) - place)).toBeLessThanOrEqual(2)
})

test('at the end one stays at the end, and a little above it one is not pulled back', async ({
  person,
  account,
}) => {
  const bob = await account('bob')
  const alice = await person('alice')
  await alice.signUp()
  const room = await roomOf(bob, 60)
  await add(bob, room, 'alice')
  await alice.room('Archive').click()
  await expect(alice.log.getByText('row 60', { exact: true })).toBeInViewport()

  await alice.page.setViewportSize({ width: 1000, height: 420 })
  await expect(alice.log.getByText('row 60', { exact: true })).toBeInViewport()
  await bob.send(room, 'row 61')
  await expect(alice.log.getByText('row 61', { exact: true })).toBeInViewport()
  // The last row grows, as highlighted code does.
  await alice.log
    .getByRole('article')
    .last()
    .evaluate((row) => (row.style.paddingBottom = '90px'))
  await frames(alice.page)
  const below = () =>
    alice.log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
  expect(await below()).toBeLessThanOrEqual(1)

  await alice.log.hover()
  await alice.page.mouse.wheel(0, -20)
  await expect.poll(below).toBeGreaterThan(10)
  await frames(alice.page)
  const place = await placeOf(await rowInSight(alice.log))
  const row = await rowInSight(alice.log)
  await bob.send(room, 'row 62')
  await expect(alice.page.getByRole('button', { name: '1 new message' })).toBeVisible()
  expect(Math.abs((await placeOf(row)) - place)).toBeLessThanOrEqual(2)
  await alice.say('my answer')
  await expect(alice.message('my answer')).toBeInViewport()
})
