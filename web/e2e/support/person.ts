import { expect, type Locator, type Page } from '@playwright/test'

import { PASSWORD } from './account'

/** Somebody at a browser. */
export class Person {
  constructor(
    readonly page: Page,
    readonly name: string,
    private readonly url: string,
  ) {}

  get email(): string {
    return `${this.name}@example.org`
  }

  get log(): Locator {
    return this.page.getByRole('log')
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message / })
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.url + path)
  }

  async signUp(): Promise<void> {
    await this.open('/signup')
    await this.page.getByLabel('Username').fill(this.name)
    await this.page.getByLabel('Email').fill(this.email)
    await this.page.getByLabel('Password').fill(PASSWORD)
    await this.page.keyboard.press('Enter')
    await expect(this.log).toBeVisible()
    await expect(this.composer).toBeVisible()
  }

  async logIn(password = PASSWORD): Promise<void> {
    await this.page.getByLabel('Email or username').fill(this.name)
    await this.page.getByLabel('Password').fill(password)
    await this.page.keyboard.press('Enter')
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  async sees(text: string): Promise<void> {
    await expect(this.message(text)).toBeVisible()
  }

  message(text: string): Locator {
    return this.log.getByRole('article').filter({ hasText: text })
  }

  room(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name })
  }

  async createRoom(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'New room' }).click()
    await this.page.getByLabel('Name of the room').fill(name)
    await this.page.keyboard.press('Enter')
    await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible()
  }

  async addMember(name: string): Promise<void> {
    await this.page.getByLabel('Add somebody by username').fill(name)
    await this.page.keyboard.press('Enter')
    await expect(this.page.getByRole('button', { name: `Remove ${name}` })).toBeVisible()
  }

  /** Every message that the log shows, from top to bottom: only those near what is in sight are in the page. */
  async shown(): Promise<string[]> {
    await expect(this.log).toHaveAttribute('aria-busy', 'false')
    return this.log.evaluate(readThrough)
  }
}

/** Scrolls from the top to the end and back to where it was; two rows that overlap must say the same. */
async function readThrough(log: HTMLElement): Promise<string[]> {
  const texts = new Map<number, string>()
  const nextFrame = () => new Promise(requestAnimationFrame)
  const read = () => {
    for (const row of log.querySelectorAll('[data-index]')) {
      const index = Number(row.getAttribute('data-index'))
      const text = row.querySelector('.message-text')?.textContent ?? ''
      if ((texts.get(index) ?? text) !== text) throw new Error(`Row ${index} changed: ${text}`)
      texts.set(index, text)
    }
  }
  const start = log.scrollTop
  const scrollTo = async (top: number) => {
    log.scrollTop = top
    await nextFrame()
    await nextFrame()
    read()
  }
  await scrollTo(0)
  while (log.scrollTop + log.clientHeight < log.scrollHeight - 1) {
    await scrollTo(log.scrollTop + log.clientHeight / 2)
  }
  await scrollTo(start)
  const rows = [...texts].sort(([one], [other]) => one - other)
  if (rows.some(([index], place) => index !== place)) throw new Error('A row was never drawn')
  return rows.map(([, text]) => text)
}
