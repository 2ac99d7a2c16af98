import { expect, test } from 'vitest'

import { summaryText } from './summary-text'

test.each([
  ['plain words', 'plain words'],
  ['**bold** and *italic* and ~~gone~~', 'bold and italic and gone'],
  ['see [the docs](https://example.org/a_b)', 'see the docs'],
  ['# Title\n\n- one\n- two\n> said', 'Title one two said'],
  ['```ts\nconst a = 1\n```', 'const a = 1'],
  ['run `make all` now', 'run make all now'],
  ['snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
  ['```\n```', ''],
])('%j is hinted at as %j', (markdown, text) => {
  expect(summaryText(markdown)).toBe(text)
})
