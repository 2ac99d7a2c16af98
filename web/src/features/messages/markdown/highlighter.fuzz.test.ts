import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FUZZ_TIMEOUT_MS, runs } from '@/lib/testing/fuzz'

import { highlighterFor } from './highlighter'

const pieces = [
  ...['a', 'let ', 'def ', 'fn ', 'class ', 'SELECT ', '1', '0x', ' ', '  ', '\n', '\t', '"', "'"],
  ...['`', '${', '}', '{', '(', ')', '[', ']', '<', '>', '</', '/*', '*/', '//', '#', '--', '\\'],
  ...['@', ':', ';', '=', '=>', '...', '&amp;', '<!--', 'é', '🙂', '\u0301', '"""', "r#'"],
]

test.each(['javascript', 'rust', 'python', 'bash', 'html', 'css', 'json', 'markdown'])(
  'colours change nothing in code of %s',
  async (language) => {
    const highlight = await highlighterFor(language)
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => {
        const code = parts.join('')
        const lines = highlight(code).map((line) => line.map(({ content }) => content).join(''))
        expect(lines.join('\n')).toBe(code)
      }),
      runs(40),
    )
  },
  FUZZ_TIMEOUT_MS,
)
