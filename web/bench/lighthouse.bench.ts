import { chromium, expect } from '@playwright/test'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { Person } from '../e2e/support/person.ts'
import { freePort } from '../e2e/support/server.ts'
import { test } from '../e2e/support/test.ts'
import { type Figure, isMissed, percentile, report } from './figures.ts'

/** The last version that runs on the oldest Node we support; fetched when it is asked for. */
const LIGHTHOUSE = 'lighthouse@12.8.2'
const CATEGORIES = ['performance', 'accessibility', 'best-practices']
const ROUNDS = 5
const GOAL = 95
const MESSAGES = 60

test('Lighthouse on the login page and on a room', async ({ server, launchOptions }) => {
  const port = await freePort()
  const profile = await mkdtemp(join(tmpdir(), 'cloud-chat-lighthouse-'))
  const args = [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`]
  // Lighthouse visits the pages in this browser, so that it is signed in.
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions, args })
  try {
    const figures = await scores('login page', `${server.url}/login`, port)
    const alice = new Person(await context.newPage(), 'alice', server.url)
    await alice.signUp()
    for (let n = 0; n < MESSAGES; n += 1) await alice.say(`**message** ${n}`)
    await expect(alice.page.getByText('Sending…')).toHaveCount(0)
    await alice.page.close()
    figures.push(...(await scores('room page', `${server.url}/`, port)))
    report('lighthouse', figures)
    if (process.env.BENCH_CHECK) expect(figures.filter(isMissed)).toEqual([])
  } finally {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
})

async function scores(page: string, url: string, port: number): Promise<Figure[]> {
  const rounds: Record<string, number>[] = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await visit(url, port))
  return CATEGORIES.map((category) => {
    const values = rounds.map((round) => round[category] ?? NaN)
    const name = `Lighthouse ${category}, ${page}, median of ${ROUNDS}`
    return { name, value: percentile(values, 0.5), unit: 'points', goal: GOAL }
  })
}

/** Category -> points of 100, with the desktop preset. */
async function visit(url: string, port: number): Promise<Record<string, number>> {
  const options = ['--preset=desktop', `--port=${port}`, '--disable-storage-reset', '--quiet']
  const output = ['--output=json', `--only-categories=${CATEGORIES.join(',')}`]
  const command = ['--yes', LIGHTHOUSE, url, ...options, ...output]
  const { stdout } = await promisify(execFile)('npx', command, { maxBuffer: 64 * 1024 * 1024 })
  const { finalDisplayedUrl, categories } = JSON.parse(stdout) as {
    finalDisplayedUrl: string
    categories: Record<string, { score: number }>
  }
  // Somewhere else one would have measured another page.
  expect(finalDisplayedUrl).toBe(url)
  return Object.fromEntries(
    Object.entries(categories).map(([name, { score }]) => [name, Math.round(score * 100)]),
  )
}
