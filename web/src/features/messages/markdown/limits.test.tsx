import { render } from '@testing-library/react'
import { expect, test } from 'vitest'

import { CONTENT_MAX } from '@/lib/text'

import { isTooMuch } from './limits'
import { renderMarkdown } from './markdown'

const fill = (part: string) =>
  part.repeat(Math.ceil(CONTENT_MAX / part.length)).slice(0, CONTENT_MAX)

/** What parsers of Markdown have stumbled over, at the length that a message may have. */
const hostile = [
  ...[
    '[',
    '![',
    '*',
    '**',
    '*a ',
    '*a **a ',
    '_',
    '~~',
    '~~a ',
    '`',
    '``` ',
    '>',
    '> ',
    '- ',
    '* ',
  ],
  ...[
    '1. ',
    '+ ',
    '# a\n',
    '|',
    '|a',
    'a|b\n',
    '[a](',
    '[a](b',
    '[a](<',
    '](',
    '[]',
    '](a)',
    '<a ',
  ],
  ...[
    'http://',
    'www.',
    'a@b.',
    'https://a.b/(',
    '- a\n ',
    '>a\n',
    '[^1]',
    'a\n\n',
    '*_',
    '**_',
    '[*',
  ],
  ...[
    '*[',
    '- [ ] a\n',
    '[![',
    'a**b',
    '*a_',
    '> - ',
    '- > ',
    '1) > ',
    '- ```\n',
    '>```\n',
    '***',
    '\n',
  ],
].map(fill)
const wide = (cells: number) => `${'|a'.repeat(cells)}|\n${'|-'.repeat(cells)}|\n`
const tables = [
  fill(wide(660)),
  wide(900) + 'a\n'.repeat(190),
  wide(300) + 'a\n'.repeat(1000),
  wide(2) + '|a|b|\n'.repeat(790),
]
const lists = Array.from({ length: 85 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')
const ticks = Array.from({ length: 88 }, (_, count) => '`'.repeat(count + 1)).join(' ')

/** The same, as much of it as is rendered. */
const within = (text: string) => {
  let length = text.length
  while (isTooMuch(text.slice(0, length))) length = Math.floor(length * 0.9)
  return text.slice(0, length)
}

test('no message of the longest length holds up the page', () => {
  const all = [...hostile, ...tables, lists, ticks, '`'.repeat(2000) + 'a' + '`'.repeat(1999)]
  render(renderMarkdown('**warm** `up` [a](https://a.example)')).unmount()
  for (const text of all.map(within)) {
    const start = performance.now()
    render(renderMarkdown(text)).unmount()
    // A browser takes a tenth of it, and a busy machine many times as long: what is quadratic takes far longer still.
    expect(performance.now() - start, text.slice(0, 20)).toBeLessThan(4000)
  }
}, 60_000)

test.each([
  ['a long list', '- one of many things\n'.repeat(190)],
  ['a long table', `|a|b|c|\n|-|-|-|\n${'| one | two | three |\n'.repeat(190)}`],
  ['many bold words', '**bold** word '.repeat(240)],
  ['code of many lines', `\`\`\`\n${'let a = 1\n'.repeat(350)}\`\`\``],
])('%s is rendered', (_, text) => {
  expect(text.length).toBeGreaterThan(3000)
  expect(isTooMuch(text)).toBe(false)
})
