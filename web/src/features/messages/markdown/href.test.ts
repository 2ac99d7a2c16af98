import { expect, test } from 'vitest'

import { hiddenHost, safeHref } from './href'

test.each([
  ...[
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
  ],
  ...[
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.example/x',
    'ftp://a.example',
  ],
  ...['//a.example', '/rooms', 'a.example', '', 'https://', 'https://bank.example@evil.example'],
])('%j is not linked to', (address) => {
  expect(safeHref(address)).toBeNull()
})

test.each([
  ['https://a.example/x?y=1#z', 'https://a.example/x?y=1#z'],
  ['HTTP://A.example', 'http://a.example/'],
  ['https://bücher.example', 'https://xn--bcher-kva.example/'],
  ['mailto:me@a.example', 'mailto:me@a.example'],
])('%j is linked to as %j', (address, href) => {
  expect(safeHref(address)).toBe(href)
})

test.each([
  ['https://bank.example', 'https://evil.example/', 'evil.example'],
  ['bank.example/login', 'https://evil.example/bank.example', 'evil.example'],
  [' www.bank.example', 'https://bank.example.evil.example/', 'bank.example.evil.example'],
  ['www.a.example', 'https://a.example/x', null],
  ['a.example:8080/x', 'https://www.a.example/', null],
  ['bücher.example', 'https://xn--bcher-kva.example/', null],
  ['our wiki', 'https://a.example/', null],
  ['me@a.example', 'mailto:me@a.example', null],
])('the text %j of a link to %j hides %j', (text, href, host) => {
  expect(hiddenHost(text, href)).toBe(host)
})
