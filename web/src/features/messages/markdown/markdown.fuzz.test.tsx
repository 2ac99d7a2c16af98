import { render } from '@testing-library/react'
import fc from 'fast-check'
import { beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import { FUZZ_TIMEOUT_MS, runs } from '@/lib/testing/fuzz'
import { CONTENT_MAX } from '@/lib/text'

import { isTooMuch } from './limits'
import { renderMarkdown } from './markdown'
import { anyText, longText, wordsOf, wordyText } from './testing/texts'

// Colours come later than the text, and are looked at by themselves.
vi.mock('./use-highlighted', () => ({ useHighlighted: () => null }))

beforeEach(() => chooseLanguage('en'))

const elements = new Set([
  ...['p', 'strong', 'em', 'del', 'code', 'pre', 'a', 'span', 'blockquote', 'ul', 'ol', 'li'],
  ...['h2', 'hr', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'div', 'button'],
  ...['svg', 'path', 'rect'],
])
/** What may be said by whoever wrote the message. */
const told = ['href', 'title', 'aria-label', 'start']
const ours = new Set([
  ...['target', 'rel', 'dir', 'class', 'tabindex', 'role', 'type', 'style', 'aria-hidden'],
  ...['xmlns', 'width', 'height', 'viewBox', 'fill', 'stroke', 'stroke-width'],
  ...['stroke-linecap', 'stroke-linejoin', 'd', 'x', 'y', 'rx', 'ry'],
])
const style = /^(?:padding-inline-start: \d+(?:\.\d+)?ch|text-align: (?:left|right|center)|);?$/u

function show<T>(text: string, look: (shown: HTMLElement) => T): T {
  // Only what is rendered: the rest is shown as it was typed.
  const { container, unmount } = render(<>{isTooMuch(text) ? text : renderMarkdown(text)}</>)
  try {
    return look(container)
  } finally {
    unmount()
  }
}

function expectHarmless(element: Element): void {
  expect(elements).toContain(element.localName)
  for (const { name, value } of element.attributes) {
    if (told.includes(name)) continue
    expect(ours).toContain(name)
    expect(wordsOf(value)).toEqual([])
    if (name === 'style') expect(value).toMatch(style)
  }
  if (element.localName !== 'a') return
  const link = element as HTMLAnchorElement
  expect(link.getAttribute('href')).toMatch(/^(?:https?:\/\/|mailto:)/u)
  expect(['http:', 'https:', 'mailto:']).toContain(link.protocol)
  expect([link.username, link.password]).toEqual(['', ''])
  expect(link.target).toBe('_blank')
  expect(link.rel.split(' ')).toEqual(expect.arrayContaining(['noopener', 'noreferrer']))
  expect(link.querySelector('a')).toBeNull()
}

test(
  'no text becomes anything but what messages are made of',
  () => {
    fc.assert(
      fc.property(anyText, (text) =>
        show(text, (shown) => shown.querySelectorAll('*').forEach(expectHarmless)),
      ),
      runs(1500),
    )
  },
  FUZZ_TIMEOUT_MS,
)

test(
  'no word is lost, whatever stands around it',
  () => {
    fc.assert(
      fc.property(wordyText, (text) =>
        show(text, (shown) => {
          const labels = [...shown.querySelectorAll('*')].flatMap((element) =>
            told.map((name) => element.getAttribute(name) ?? ''),
          )
          const all = [shown.textContent, ...labels].join(' ')
          expect(wordsOf(text).filter((word) => !all.includes(word))).toEqual([])
        }),
      ),
      runs(1500),
    )
  },
  FUZZ_TIMEOUT_MS,
)

test(
  'every text of the longest length comes to an end',
  () => {
    fc.assert(
      fc.property(longText(CONTENT_MAX), (text) =>
        show(text, (shown) => {
          expect(shown.textContent.trim() === '').toBe(text.trim() === '')
        }),
      ),
      runs(25),
    )
  },
  FUZZ_TIMEOUT_MS,
)
