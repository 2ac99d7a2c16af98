import { render } from '@testing-library/react'
import { renderToStaticMarkup } from 'react-dom/server'
import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { chooseLanguage } from '@/i18n/language'

import { loadMarkdown, renderer } from './markdown/load-markdown'
import { isPlain } from './markdown/plain'
import { MessageText } from './message-text'

beforeAll(loadMarkdown)
beforeEach(() => chooseLanguage('en'))

function show(text: string): HTMLElement {
  const { container } = render(<MessageText text={text} />)
  const [root] = container.children
  if (!(root instanceof HTMLElement)) throw new Error('Nothing is shown')
  return root
}

/** The elements within, without their attributes. */
const outline = (text: string) => show(text).innerHTML.replace(/<(\w+)[^>]*>/gu, '<$1>')

const links = (text: string) =>
  [...show(text).querySelectorAll('a')].map((link) => link.getAttribute('href'))

describe('what is rendered', () => {
  test.each([
    ['**bold** and *italics*', '<p><strong>bold</strong> and <em>italics</em></p>'],
    ['~~gone~~ `code`', '<p><del>gone</del> <code>code</code></p>'],
    ['- a\n  - b\n- c', '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>'],
    ['1. a\n2. b', '<ol><li>a</li><li>b</li></ol>'],
    ['> said\n> so', '<blockquote><p>said\nso</p></blockquote>'],
    ['# Title\n###### Small', '<h2>Title</h2><h2>Small</h2>'],
    ['a\n\n---\n\nb', '<p>a</p><hr><p>b</p>'],
    ['one\ntwo  \nthree **x**', '<p>one\ntwo\nthree <strong>x</strong></p>'],
  ])('%j', (text, html) => {
    expect(outline(text).replaceAll('\n<', '<').replaceAll('>\n', '>')).toBe(html)
  })
})

describe('what stays as it was typed', () => {
  test.each([
    ...[
      '<b>x</b> **',
      '<script>alert(1)</script> *',
      'a < b && c > d *',
      '&lt; &amp;nbsp; _ &copy;',
    ],
    ...[
      '<!-- x --> |',
      'std::vector<std::string> *',
      '+1',
      '-5 °C',
      '#hashtag',
      '2*3*4',
      '2**3**4',
      '*',
    ],
    ...[
      'snake_case_name',
      '~10 and ~20',
      'a ~x~ b',
      '[x]',
      '[a]: https',
      '[^1]: note [^1]',
      '-',
      '+',
    ],
    ...['#', '>', '```', '1.', 'text\n===', 'text\n---x', 'C:\\Users', 'a\\\nb', 'x | y'],
    ...[
      '[x](javascript:alert(1))',
      '![x](data:image/png;base64,AA)',
      '[x](/rooms)',
      '[x](//a.example)',
    ],
    ...[
      '[x](https://bank.example@evil.example)',
      '<javascript:alert(1)>',
      '[x](file:///etc/passwd)',
    ],
  ])('%j', (text) => {
    const shown = show(text)
    expect(shown.textContent).toBe(text)
    expect(shown.querySelectorAll('a')).toHaveLength(0)
  })
})

test('more than one word after a fence is a line of the code, and no language', () => {
  expect(show('```so it goes\non\n```').querySelector('code')?.textContent).toBe('so it goes\non')
  expect(show('```\u00a0js\non').querySelector('code')?.textContent).toBe('\u00a0js\non')
  const named = show('```js\non\n```').querySelector('pre')
  expect(named?.textContent).toBe('on')
  expect(named).toHaveAccessibleName('Code in js')
})

test('what is in a row beyond the columns of its table stands in the last of them', () => {
  const rows = show('|a|b|\n|-|-|\n|c|d|**e**|f|\n|g|').querySelectorAll('tr')
  const cells = [...rows].map((row) => [...row.children].map((cell) => cell.textContent))
  expect(cells).toEqual([
    ['a', 'b'],
    ['c', 'd | e | f'],
    ['g', ''],
  ])
})

test('a list has the line ends of its text, and no others', () => {
  const items = show('- **a**\n  **b**\n  - c\n- d').querySelectorAll('li')
  expect([...items].map((item) => item.textContent)).toEqual(['a\nb\nc\n', 'c', 'd'])
})

test('a number and a dot begin a list that shows the same number', () => {
  expect(show('2024. A year').querySelector('ol')).toHaveAttribute('start', '2024')
})

test('text that passes as plain is what the renderer would show', () => {
  const words = fc.constantFrom(
    ...[
      'a',
      'B',
      '1',
      ' ',
      '  ',
      '\n',
      '\n\n',
      '\t',
      '<',
      '>',
      '&',
      '#',
      '-',
      '+',
      '.',
      ')',
      '(',
      ':',
    ],
    ...[
      '=',
      '---',
      '===',
      '"',
      "'",
      '!',
      '/',
      ';',
      '$',
      '{',
      '}',
      '^',
      '%',
      'http',
      'www',
      '&amp;',
      '<b>',
    ],
    ...[
      'é',
      '🙂',
      '\u00a0',
      '\u202e',
      'x. ',
      '1. ',
      '# ',
      '- ',
      '*',
      '_',
      '`',
      '[',
      ']',
      '|',
      '@',
      'mailto:',
    ],
  )
  const texts = fc.array(words, { maxLength: 12 }).map((parts) => parts.join('').trim())
  fc.assert(
    fc.property(
      fc
        .oneof(texts, fc.string({ unit: 'binary', maxLength: 30 }))
        .filter((text) => text !== '' && !text.includes('\0') && isPlain(text)),
      (text) => {
        const container = document.createElement('div')
        container.innerHTML = renderToStaticMarkup(renderer.get()?.(text))
        const squeeze = (shown: string) => shown.replace(/[\s\ufeff]+/gu, ' ').trim()
        expect([...container.querySelectorAll(':not(p)')]).toEqual([])
        const shown = [...container.querySelectorAll('p')].map((p) => p.textContent).join('\n')
        expect(squeeze(shown)).toBe(squeeze(text))
      },
    ),
    { numRuns: 200 },
  )
}, 30_000)

describe('links', () => {
  test.each([
    [
      'see http://a.example and https://b.example/x?y=1#z',
      'http://a.example/',
      'https://b.example/x?y=1#z',
    ],
    ['(https://a.example/x).', 'https://a.example/x'],
    ['https://a.example/wiki/X_(y)!', 'https://a.example/wiki/X_(y)'],
    ['www.a.example', 'http://www.a.example/'],
    ['<https://a.example/x>', 'https://a.example/x'],
    ['me@a.example', 'mailto:me@a.example'],
    ['[x](mailto:me@a.example)', 'mailto:me@a.example'],
    ['![a picture](https://a.example/x.png)', 'https://a.example/x.png'],
    ['[![a](https://a.example/x.png)](https://b.example)', 'https://b.example/'],
  ])('%j', (text, ...hrefs) => {
    expect(links(text)).toEqual(hrefs)
  })

  test.each([
    ['[x](https://a.example "what it is")', 'https://a.example/\nwhat it is'],
    ['![x](https://a.example "what it is")', 'https://a.example/\nwhat it is'],
    ['[x](https://a.example)', 'https://a.example/'],
  ])('the title of %j begins with where it leads', (text, title) => {
    expect(show(text).querySelector('a')).toHaveAttribute('title', title)
  })
})
