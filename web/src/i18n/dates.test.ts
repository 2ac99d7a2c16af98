import { afterEach, expect, test, vi } from 'vitest'

import type { Language } from './language'

afterEach(() => vi.restoreAllMocks())

/** The formats of a browser with these languages. */
async function datesIn(...tags: string[]) {
  vi.resetModules()
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(tags)
  return import('./dates')
}

const night = new Date(2024, 0, 2, 1, 56, 7).toISOString()

test.each<[string, Language, string]>([
  ['fr-FR', 'fr', '01:56'],
  ['fr-CA', 'fr', '01 h 56'],
  ['en-GB', 'en', '01:56'],
  ['en-US', 'en', '1:56 AM'],
])('the clock of %s reads as people there write it', async (tag, language, expected) => {
  const { clockText } = await datesIn(tag)
  expect(clockText(language, night).replace(/\s/g, ' ')).toBe(expected)
})

test('the exact time names the day and the second', async () => {
  const { exactText } = await datesIn('fr-FR')
  expect(exactText('fr', night)).toBe('mardi 2 janvier 2024 à 01:56:07')
})
