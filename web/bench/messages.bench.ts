import { expect, type Page } from '@playwright/test'

import type { Account } from '../e2e/support/account.ts'
import type { Person } from '../e2e/support/person.ts'
import { test } from '../e2e/support/test.ts'
import { type Figure, isMissed, percentile, report } from './figures.ts'
import { frameTimes, install, takeDelays, takeKeyDurations, timed } from './probe.ts'

const ROUNDS = 50
const LOADED = 1000
const LONG = Number(process.env.BENCH_MESSAGES ?? 50_000)
const SCROLL_MS = 8000

test('the web app in numbers', async ({ person, account }) => {
  const bob = await account('bob')
  const alice = await person('alice')
  await install(alice.page)
  await alice.signUp()

  const busy = await openRoom(alice, bob, 'Busy', LOADED)
  const figures = [...(await sending(alice)), ...(await receiving(alice.page, bob, busy))]
  // What this machine does when nothing happens: the other frames cannot be better.
  figures.push(...(await watching(alice.page, 'at rest')))
  const long = await openRoom(alice, bob, 'Long', LONG)
  figures.push(...(await scrolling(alice.page, 'scrolling')))
  const arriving = sendSteadily(bob, long)
  figures.push(...(await scrolling(alice.page, 'scrolling, 20 messages/s')))
  await alice.page.getByRole('log').press('End')
  figures.push(...(await watching(alice.page, 'at the end, 20 messages/s')))
  await arriving.stop()

  report('messages', figures)
  if (process.env.BENCH_CHECK) expect(figures.filter(isMissed)).toEqual([])
})

/** A room with so many messages, every one of them loaded, seen from its end. */
async function openRoom(alice: Person, bob: Account, name: string, count: number) {
  const room = await bob.createRoom(name)
  const contents = Array.from({ length: count }, (_, n) => textOf(n))
  await bob.sendMany(room.id, contents)
  await bob.request('POST', `/rooms/${room.id}/add-member`, { username: alice.name })
  await alice.room(name).click()
  const { log } = alice
  await expect(log.getByText(`This is the beginning of ${name}`)).toHaveCount(0)
  await log.focus()
  while ((await log.getByText(`This is the beginning of ${name}`).count()) === 0) {
    await log.press('Home')
  }
  await log.press('End')
  await expect(log.getByText(textOf(count - 1), { exact: true })).toBeInViewport()
  return room.id
}

/** Short ones and long ones, as people write. */
function textOf(n: number): string {
  return `message ${n}` + ' and what there is to say about it'.repeat((n * 7) % 9)
}

async function sending({ page, composer }: Person): Promise<Figure[]> {
  for (let n = 0; n < ROUNDS; n += 1) {
    const text = `sent ${n} by Enter`
    await composer.fill(text)
    await timed(page, text, () => composer.press('Enter'))
  }
  await expect(page.getByText('Sending…')).toHaveCount(0)
  const delays = await takeDelays(page)
  expect(delays).toHaveLength(ROUNDS)
  const keys = await takeKeyDurations(page, ROUNDS)
  return [
    { name: 'Enter to DOM, median', value: percentile(delays, 0.5), unit: 'ms', goal: 8 },
    { name: 'Enter to DOM, p95', value: percentile(delays, 0.95), unit: 'ms' },
    { name: 'Event Timing of Enter, p75', value: percentile(keys, 0.75), unit: 'ms', goal: 48 },
  ]
}

async function receiving(page: Page, bob: Account, room: number): Promise<Figure[]> {
  for (let n = 0; n < ROUNDS; n += 1) {
    const text = `received ${n} by socket`
    await timed(page, text, () => bob.send(room, text))
  }
  const delays = await takeDelays(page)
  expect(delays).toHaveLength(ROUNDS)
  return [
    { name: 'received to DOM, median', value: percentile(delays, 0.5), unit: 'ms', goal: 16 },
    { name: 'received to DOM, p95', value: percentile(delays, 0.95), unit: 'ms', goal: 16 },
  ]
}

/** By the wheel, up and down through everything. */
async function scrolling(page: Page, name: string): Promise<Figure[]> {
  await page.getByRole('log').hover()
  const frames = await frameTimes(page, async () => {
    const end = Date.now() + SCROLL_MS
    for (let n = 0; Date.now() < end; n += 1) {
      await page.mouse.wheel(0, n % 200 < 120 ? -600 : 600)
    }
  })
  return frameFigures(name, frames)
}

async function watching(page: Page, name: string): Promise<Figure[]> {
  const frames = await frameTimes(page, () => page.waitForTimeout(SCROLL_MS))
  return frameFigures(name, frames)
}

function frameFigures(name: string, frames: number[]): Figure[] {
  const slow = frames.filter((frame) => frame > 33.4).length
  return [
    { name: `frames ${name}, median`, value: percentile(frames, 0.5), unit: 'ms' },
    { name: `frames ${name}, p95`, value: percentile(frames, 0.95), unit: 'ms' },
    { name: `frames ${name}, p99`, value: percentile(frames, 0.99), unit: 'ms', goal: 33.4 },
    { name: `frames ${name}, max`, value: Math.max(...frames), unit: 'ms' },
    { name: `frames ${name}, over 33 ms`, value: (100 * slow) / frames.length, unit: '%', goal: 1 },
  ]
}

/** Twenty messages a second, until it is told to stop. */
function sendSteadily(bob: Account, room: number) {
  let sent = 0
  const under: Promise<unknown>[] = []
  const timer = setInterval(() => under.push(bob.send(room, `news ${(sent += 1)}`)), 50)
  return {
    stop: async () => {
      clearInterval(timer)
      await Promise.all(under)
    },
  }
}
