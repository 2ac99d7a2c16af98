// Draws the icons of the installed app from the favicon: `node build/icons.mjs`, when that changes.
import { chromium } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath, URL } from 'node:url'

const publicFolder = new URL('../public/', import.meta.url)
const svg = await readFile(new URL('favicon.svg', publicFolder), 'utf8')
const accent = '#4456c7'

/** `share`: how much of the width the drawing takes; the rest around it may be cut off by the system. */
const icons = [
  { name: 'icon-192', size: 192, share: 1, background: 'transparent' },
  { name: 'icon-512', size: 512, share: 1, background: 'transparent' },
  { name: 'maskable-512', size: 512, share: 0.8, background: accent },
  { name: 'apple-touch-icon', size: 180, share: 0.9, background: accent },
]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
for (const { name, size, share, background } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const drawing = svg.replace('<svg ', `<svg width="${size * share}" height="${size * share}" `)
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${background}">${drawing}`,
  )
  const path = fileURLToPath(new URL(`icons/${name}.png`, publicFolder))
  await page.screenshot({ path, omitBackground: true })
  await page.close()
}
await browser.close()
