import { expectNoViolations } from './support/axe'
import { expect, test } from './support/test'

const codes = {
  ts: 'export const sum = (a: number, b = 2): string => `${a + b}` // a comment',
  python: '@decorator\ndef f(x: int) -> str:\n    # comment\n    return f"{x!r}" if x else None',
  rust: 'fn main() { let v: Vec<u8> = vec![1]; println!("{:?}", v); } // comment',
  diff: '--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new',
  html: '<a href="x" class="y">&amp;</a> <!-- comment -->',
  css: '.a:hover { color: #fff; margin: 1px !important; } /* comment */',
  json: '{ "a": [1, true, null, "b"] }',
  sql: "SELECT name FROM people WHERE id = 1 AND x LIKE 'a%' -- comment",
  bash: 'for f in *.txt; do echo "$f" | grep -v x; done # comment',
  yaml: 'a: &anchor\n  - "b" # comment\n  - 3',
  md: '# Title\n\n**bold** [link](https://a.example) `code`',
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in what messages show, in ${colorScheme}`, async ({
    person,
    account,
  }) => {
    const bob = await account('bob')
    const general = await bob.general()
    for (const [language, code] of Object.entries(codes)) {
      await bob.send(general.id, `\`\`\`${language}\n${code}\n\`\`\``)
    }
    const rest = '# A\n\n### B\n\n- [ ] c\n- [x] d\n\n> e [f](https://a.example)\n\n|g|\n|-|\n|h|'
    await bob.send(general.id, rest)
    const alice = await person('alice', { colorScheme, viewport: { width: 900, height: 1600 } })
    await alice.signUp()
    const blocks = alice.log.locator('pre:has(span[style])')
    await expect(blocks).toHaveCount(Object.keys(codes).length)
    await alice.page.getByRole('button', { name: 'Formatting' }).click()
    await alice.composer.fill('word '.repeat(1000))
    await alice.composer.press('Control+Shift+P')
    await expectNoViolations(alice.page)
    await alice.page.getByRole('button', { name: 'Emoji', exact: true }).click()
    await expect(alice.page.getByRole('gridcell').first()).toBeVisible()
    await expectNoViolations(alice.page)
  })
}

test('Markdown is shown to others, and the preview is what they see', async ({ person }) => {
  const alice = await person('alice')
  const bob = await person('bob')
  await alice.signUp()
  await bob.signUp()
  const text = [
    '# Plan',
    '**Bold**, _italics_, ~~gone~~ and `code`',
    '',
    '- one',
    '  - nested',
    '- [x] done',
    '',
    '> said so',
    '',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '',
    '```ts',
    'const answer: number = 42',
    '```',
  ].join('\n')
  await alice.composer.fill(text)
  await alice.composer.press('Control+Shift+P')
  const preview = alice.page.getByRole('region', { name: 'Preview' })
  await expect(preview.getByRole('table')).toBeVisible()
  await expect(preview.locator('pre span[style]').first()).toBeVisible()
  const previewed = await preview.innerHTML()
  await alice.composer.press('Enter')

  const message = bob.log.getByRole('article')
  await expect(message.getByRole('heading', { name: 'Plan' })).toBeVisible()
  await expect(message.locator('strong')).toHaveText('Bold')
  await expect(message.getByRole('img', { name: 'Done' })).toBeVisible()
  await expect(message.locator('pre')).toHaveText('const answer: number = 42')
  await expect(message.locator('pre span[style]').first()).toBeVisible()
  expect(await message.locator('.message-text').innerHTML()).toBe(
    await alice.log.locator('.message-text').innerHTML(),
  )
  expect(previewed).toContain(await message.locator('.message-text').innerHTML())
})

test('code is copied, over plain http too', async ({ person, server }) => {
  const alice = await person('alice', { permissions: ['clipboard-read', 'clipboard-write'] })
  await alice.signUp()
  await alice.say('```\nlet a = 1\n```')
  await alice.log.getByRole('button', { name: 'Copy' }).click()
  await expect(alice.log.getByRole('button', { name: 'Copied' })).toBeVisible()
  await alice.composer.press('Control+V')
  await expect(alice.composer).toHaveValue('let a = 1')

  await alice.page.goto(server.url.replace('localhost', 'chat.lan'))
  expect(await alice.page.evaluate(() => window.isSecureContext)).toBe(false)
  await alice.logIn()
  await alice.log.getByRole('button', { name: 'Copy' }).click()
  await expect(alice.log.getByRole('button', { name: 'Copied' })).toBeVisible()
})

test('a format can be undone', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.composer.pressSequentially('a word')
  await alice.composer.press('Shift+Control+ArrowLeft')
  await alice.composer.press('Control+B')
  await expect(alice.composer).toHaveValue('a **word**')
  await alice.composer.press('Control+Z')
  await expect(alice.composer).toHaveValue('a word')
})

test('an emoji is found and inserted by keyboard, and nothing leaves the origin', async ({
  person,
  server,
}) => {
  const alice = await person('alice')
  const { page } = alice
  const strangers: string[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(server.url).host) strangers.push(request.url())
  })
  const files: string[] = []
  page.on('response', (response) => {
    if (response.url().includes('/emoji/') && response.ok()) files.push(response.url())
  })
  await alice.signUp()
  await alice.composer.fill('ab🙂cd')
  for (let step = 0; step < 2; step += 1) await alice.composer.press('ArrowLeft')
  const button = page.getByRole('button', { name: 'Emoji', exact: true })
  await button.focus()
  await page.keyboard.press('Enter')
  const search = page.getByRole('searchbox', { name: 'Search emoji' })
  await expect(search).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(button).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('gridcell').first()).toBeVisible()
  await search.fill('pineapple')
  await expect(page.getByRole('gridcell')).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(alice.composer).toHaveValue('ab🙂🍍cd')
  await expect(alice.composer).toBeFocused()
  await page.keyboard.type('!')
  await expect(alice.composer).toHaveValue('ab🙂🍍!cd')
  expect(files.length).toBeGreaterThanOrEqual(2)
  expect(strangers).toEqual([])
})

test('a long text that is pasted is counted and kept whole', async ({ person }) => {
  const alice = await person('alice', { permissions: ['clipboard-read', 'clipboard-write'] })
  await alice.signUp()
  const long = 'word '.repeat(1000).trim()
  await alice.page.evaluate((text) => navigator.clipboard.writeText(text), long)
  await alice.composer.press('Control+V')
  await expect(alice.page.getByText('4,999 / 4,000 characters: 999 too many')).toBeVisible()
  await expect(alice.composer).toHaveValue(long)
  await expect(alice.page.getByRole('button', { name: 'Send' })).toBeDisabled()
  const { height, view } = await alice.composer.evaluate((area) => ({
    height: area.getBoundingClientRect().height,
    view: window.innerHeight,
  }))
  expect(height).toBeLessThanOrEqual(view * 0.41)
})

test('in French the tools of the composer speak French', async ({ person }) => {
  const alice = await person('alice', { locale: 'fr-FR' })
  await alice.open('/signup')
  const { page } = alice
  await page.getByLabel('Nom d’utilisateur').fill('alice')
  await page.getByLabel('Adresse électronique').fill('alice@example.org')
  await page.getByLabel('Mot de passe').fill('correct horse 99')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Émojis' }).click()
  await page.getByRole('searchbox', { name: 'Chercher un émoji' }).fill('fusée')
  await expect(page.getByRole('gridcell', { name: /fusée/i }).first()).toBeVisible()
})
