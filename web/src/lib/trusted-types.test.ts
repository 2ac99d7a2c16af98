import { expect, test } from 'vitest'

import { rules } from './trusted-types'

test('a character reference becomes HTML, and nothing more than one', () => {
  for (const html of ['&amp;', '&Aacute;', '&frac12;', '&CounterClockwiseContourIntegral;']) {
    expect(rules.createHTML(html)).toBe(html)
  }
  const others = ['', 'text', '<b>', '&amp;<b>', '<b>&amp;', '&amp;&lt;', '&#60;', '&amp;\n', '& ;']
  for (const html of others) expect(rules.createHTML(html)).toBeNull()
})

test('the service worker is a script, and nothing else is', () => {
  expect(rules.createScriptURL('/sw.js')).toBe('/sw.js')
  const others = [
    '',
    'sw.js',
    '/sw.js?x',
    '//evil.example/sw.js',
    'data:text/javascript,x',
    '/env.js',
  ]
  for (const url of others) expect(rules.createScriptURL(url)).toBeNull()
})
