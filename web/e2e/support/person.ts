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

  /** What the log shows, from top to bottom. */
  async shown(): Promise<string[]> {
    return this.log.getByRole('article').locator('p[dir]').allTextContents()
  }
}
