import type { Page } from '@playwright/test'

import { en } from '../src/i18n/en'
import { fr } from '../src/i18n/fr'
import { PASSWORD } from './support/account'
import { expectNothingSideways } from './support/overflow'
import { expect, test } from './support/test'

function textsOf(value: object): string[] {
  return Object.values(value).flatMap((inner: unknown) => {
    if (typeof inner === 'string') return [inner]
    return typeof inner === 'object' && inner !== null ? textsOf(inner) : []
  })
}

const french = new Set(textsOf(fr))
const english = new Set(textsOf(en).filter((text) => !french.has(text)))

/** The English texts that the page shows, or says to a screen reader. */
async function englishOn(page: Page): Promise<string[]> {
  const said = await page.evaluate(() => {
    const texts = [document.title]
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) texts.push(walker.currentNode.textContent ?? '')
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) {
        texts.push(element.getAttribute(name) ?? '')
      }
    }
    return texts.map((text) => text.trim())
  })
  return said.filter((text) => english.has(text))
}

test('in French everything speaks French, on a phone and in the dark', async ({
  person,
  account,
}) => {
  const phone = { viewport: { width: 390, height: 780 }, locale: 'fr-FR' }
  const alice = await person('alice', { ...phone, colorScheme: 'dark' })
  const { page } = alice
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const look = async () => {
    expect(await englishOn(page)).toEqual([])
    await expectNothingSideways(page)
  }
  await alice.open('/login')
  await page.getByLabel(fr.session.emailOrUsername).fill('personne')
  await page.getByLabel(fr.session.password, { exact: true }).fill('peu importe 1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText(fr.errors.BAD_CREDENTIALS)
  await look()
  for (const path of ['/forgot-password', '/reset-password', '/none']) {
    await alice.open(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await look()
  }
  await alice.open('/signup')
  await page.getByLabel(fr.session.username).fill('x')
  await page.getByLabel(fr.session.email).fill('nulle part')
  await page.getByLabel(fr.session.password).fill('court')
  await page.keyboard.press('Enter')
  await expect(page.getByText(fr.fieldErrors.username.TOO_SHORT)).toBeVisible()
  await look()
  await page.getByLabel(fr.session.username).fill('alice')
  await page.getByLabel(fr.session.email).fill(alice.email)
  await page.getByLabel(fr.session.password).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await expect(page.getByText(fr.messages.emptyTitle)).toBeVisible()
  await look()

  await account('bob')
  await button(fr.chat.openRooms).click()
  await look()
  await button(fr.chat.newRoom).click()
  await page.keyboard.press('Enter')
  await expect(page.getByText(fr.fieldErrors.name.TOO_SHORT)).toBeVisible()
  await look()
  await page.getByLabel(fr.chat.roomName).fill('Jardin')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Jardin' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('verger')
  await expect(page.getByText(fr.switcher.create('verger'))).toBeVisible()
  await look()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+/')
  await expect(page.getByText(fr.shortcuts.names.markRead)).toBeVisible()
  await look()
  await page.keyboard.press('Escape')

  await button(fr.chat.openMembers).click()
  await page.getByLabel(fr.members.addLabel).fill('personne')
  await expect(page.getByText(fr.members.noMatch)).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByText(fr.members.notFound)).toBeVisible()
  await look()
  await page.getByLabel(fr.members.addLabel).fill('bob')
  await page.keyboard.press('Enter')
  await expect(page.getByText(fr.members.added('bob'))).toBeVisible()
  await look()
  for (const name of [fr.members.remove('bob'), fr.room.rename, fr.room.leave, fr.room.remove]) {
    await button(name).click()
    await look()
    await page.keyboard.press('Escape')
  }
  await button(fr.common.close).click()

  const composer = page.getByRole('textbox', { name: fr.messages.label('Jardin') })
  await button(fr.composer.preview).click()
  await expect(page.getByText(fr.composer.previewEmpty)).toBeVisible()
  await button(fr.composer.formatting).click()
  await look()
  await composer.fill('**gras**\n\n- [x] fait\n\n|a|\n|-|\n|b|\n\n```ts\nlet a = 1\n```')
  await expect(page.getByRole('region', { name: fr.composer.preview })).toContainText('gras')
  await composer.press('Enter')
  await expect(alice.log.getByRole('img', { name: fr.text.done })).toBeVisible()
  await expect(alice.log.getByText(fr.messages.today)).toBeVisible()
  await composer.fill('mot '.repeat(1100))
  await look()

  await alice.open('/profile')
  await expect(page.getByRole('switch', { name: fr.notifications.sound })).toBeVisible()
  await look()
  // This would find something.
  await page.getByLabel(fr.common.language).selectOption('English')
  expect(await englishOn(page)).toContain(en.profile.title)
})
