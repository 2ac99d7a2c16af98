import fc from 'fast-check'

/** Stands for a word; each becomes one of its own, so that a lost one is missed. */
const WORD = '\0'

const marks = [
  ...[WORD, WORD, WORD, ' ', ' ', '\n', '\n', '\n\n', '\t', '  ', '    ', '  \n', '\r\n', '\r'],
  ...['*', '**', '***', '_', '__', '~', '~~', '`', '``', '```', '~~~', '\\', '\\\n'],
  ...['#', '###### ', '> ', '>', '- ', '* ', '+ ', '1. ', '7) ', '2024. ', '- [ ] ', '- [x] '],
  ...['---', '***\n', '===', '|', ' | ', '|-|', '|:-:|-:|', '|a|b|\n|-|-|\n|', '\n|'],
  ...['[', ']', '(', ')', '<', '>', '](', '](<', '>)', '[]', '[^1]', '[^1]: ', '[a]: ', ']: '],
  ...['"', "'", ' "', '")', ':', '@', '.', '/', '&', ';', '=', '{', '}', '$', '^', '%'],
  ...['http://', 'https://a.example/', 'https://', 'www.', 'www.a.example', 'mailto:', 'xmpp:'],
  ...['me@a.example', '//a.example', 'https://bank.example@evil.example', 'ftp://a.example'],
  ...['javascript:', 'JaVaScRiPt:alert(1)', 'java\nscript:', 'data:text/html,', 'vbscript:x'],
  ...['&#106;', '&colon;', '&lt;', '&amp;', '&nbsp;', '&Tab;', '%0a', '\u0001', '\u00a0', '\u200b'],
  ...['<script>', '</script>', '<b ', '<img src=x onerror=alert(1)>', '<!--', '-->'],
  ...['onclick=alert(1)', 'style=', '<svg/onload=', '<a href="', '</a>', '<?x', '<style>'],
  ...['```js\n', '```html ', '\n```', '\n~~~\n', '    code', 'é', '美', '🙂', '\u202e', '\ufeff'],
]
/** An image shows its description, and one within a link, or with links within, only that: words elsewhere are gone. */
const images = [
  ...['![', '![](', '[![', '<![CDATA['],
  ...['![a](https://a.example/x.png)', '![a](data:image/png,'],
]

const text = (fragment: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(fragment, { maxLength }).map((parts) => named(parts.join('')))

const mark = fc.constantFrom(...marks)

/** What people may write, with every word in it a different one. */
export const wordyText = text(mark, 40)

/** Any text: what means something in Markdown, among any characters, also halves of one. */
export const anyText = text(
  fc.oneof(
    { weight: 6, arbitrary: mark },
    { weight: 1, arbitrary: fc.constantFrom(...images) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom('\ud800', '\udc00') },
  ),
  40,
)

/** As long as a message may be: a few pieces again and again. */
export const longText = (length: number) =>
  fc
    .tuple(text(mark, 3), fc.array(mark, { minLength: 1, maxLength: 3 }), text(mark, 3))
    .map(([before, parts, after]) => {
      const part = parts.join('').replaceAll(WORD, 'word')
      const room = Math.max(0, length - before.length - after.length)
      return before + part.repeat(Math.ceil(room / part.length)).slice(0, room) + after
    })

export const wordsOf = (text: string) => text.match(/qz\d+qz/gu) ?? []

function named(pattern: string): string {
  let count = 0
  return pattern.replaceAll(WORD, () => `qz${(count += 1)}qz`)
}
