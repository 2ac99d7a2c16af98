import type { Page } from '@playwright/test'

export interface Shown {
  title: string
  body: string
  tag: string
  isClosed: boolean
}

interface Stubbed {
  isAway: boolean
  shown: (Shown & { onclick: (() => void) | null })[]
}

/** Records notifications instead of showing them, and lets somebody look away. Before the page is opened. */
export async function recordNotifications(page: Page, permission = 'granted'): Promise<void> {
  await page.addInitScript((first) => {
    const stubbed: Stubbed = { isAway: false, shown: [] }
    class FakeNotification {
      static permission = first
      static requestPermission() {
        FakeNotification.permission = 'granted'
        return Promise.resolve('granted')
      }
      isClosed = false
      onclick: (() => void) | null = null
      readonly body: string
      readonly tag: string
      constructor(
        readonly title: string,
        options: { body: string; tag: string },
      ) {
        this.body = options.body
        this.tag = options.tag
        stubbed.shown.push(this)
      }
      close() {
        this.isClosed = true
      }
    }
    Object.assign(window, { Notification: FakeNotification, stubbed })
    document.hasFocus = () => !stubbed.isAway
  }, permission)
}

export async function lookAway(page: Page, isAway = true): Promise<void> {
  await page.evaluate((away) => {
    const { stubbed } = window as unknown as { stubbed: Stubbed }
    stubbed.isAway = away
    if (!away) window.dispatchEvent(new Event('focus'))
  }, isAway)
}

export async function notificationsOf(page: Page): Promise<Shown[]> {
  return page.evaluate(() => {
    const { stubbed } = window as unknown as { stubbed: Stubbed }
    return stubbed.shown.map(({ title, body, tag, isClosed }) => ({ title, body, tag, isClosed }))
  })
}

export async function clickLastNotification(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { stubbed } = window as unknown as { stubbed: Stubbed }
    stubbed.shown.at(-1)?.onclick?.()
  })
}
