import type { Page } from '@playwright/test'

import { expectNothingSideways } from './support/overflow'
import { expect, test } from './support/test'

const screens = [
  // 1280 × 800 at 200 % and at 400 %.
  { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
]

for (const screen of screens) {
  const { width, height } = screen.viewport
  test(`all can be read and used on ${width} × ${height} pixels`, async ({ person, account }) => {
    const alice = await person('alice', screen)
    const { page } = alice
    await alice.open('/login')
    await expectNothingSideways(page)
    await alice.signUp()
    const bob = await account('bob')
    const general = await bob.general()
    await bob.send(general.id, 'A line of words that is longer than the screen is wide. '.repeat(5))
    await expect(alice.log.getByText('A line of words')).toBeVisible()
    await expectNothingSideways(page)

    await alice.composer.fill('line\n'.repeat(30))
    await expect(alice.composer).toBeInViewport()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(alice.composer).toHaveValue('')
    await expectNothingSideways(page)
    expect((await alice.log.boundingBox())?.height).toBeGreaterThan(40)

    await page.getByRole('button', { name: 'Show rooms' }).click()
    await expectNothingSideways(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+/')
    const last = page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByRole('term').last()
    await last.scrollIntoViewIfNeeded()
    await expect(last).toBeInViewport()
    await expectNothingSideways(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Show rooms' }).click()
    await alice.createRoom('Garden')

    await page.getByRole('button', { name: 'Members and settings' }).click()
    await page.getByRole('button', { name: 'Delete the room' }).click()
    const confirm = page.getByRole('dialog', { name: 'Delete Garden?' })
    await confirm.getByRole('textbox').fill('Garden')
    await confirm.getByRole('button', { name: 'Delete the room' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'General' })).toBeVisible()

    await alice.open('/profile')
    await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible()
    await expectNothingSideways(page)
  })
}

/** What moves for longer than an instant, and what scrolls smoothly. */
async function movements(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) =>
      ['', '::before', '::after', '::backdrop'].flatMap((pseudo) => {
        const { transitionDuration, animationDuration, animationName, scrollBehavior } =
          getComputedStyle(element, pseudo)
        const longest = (durations: string) => Math.max(...durations.split(',').map(parseFloat))
        const isMoving =
          longest(transitionDuration) > 0.01 ||
          (animationName !== 'none' && longest(animationDuration) > 0.01) ||
          scrollBehavior === 'smooth'
        return isMoving ? [element.outerHTML.slice(0, 120) + pseudo] : []
      }),
    ),
  )
}

for (const reducedMotion of ['reduce', 'no-preference'] as const) {
  test(`with motion ${reducedMotion} things move as the system says`, async ({ person }) => {
    const alice = await person('alice', { reducedMotion })
    const { page } = alice
    await alice.signUp()
    await alice.say('one')
    await alice.sees('one')
    const found = await movements(page)
    await alice.open('/profile')
    await expect(page.getByRole('switch').first()).toBeVisible()
    found.push(...(await movements(page)))
    await alice.open('/')
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    found.push(...(await movements(page)))
    if (reducedMotion === 'reduce') expect(found).toEqual([])
    else expect(found).not.toEqual([])
  })
}
