import { expect, test, vi } from 'vitest'

import { randomId } from './ids'
import { linkify } from './linkify'
import { hueOf, initials, scalarCount } from './text'

test('scalars are counted, not halves of them', () => {
  expect(scalarCount('')).toBe(0)
  expect(scalarCount('é'.repeat(4000))).toBe(4000)
  expect(scalarCount('🙂a🙂')).toBe(3)
  expect(scalarCount('\ud83d')).toBe(1)
})

test('initials stand for one word or two', () => {
  expect(initials('alice')).toBe('A')
  expect(initials('ada.lovelace')).toBe('AL')
  expect(initials('🙂 x')).toBe('🙂X')
})

test('a colour is always the same for the same id', () => {
  expect(hueOf('abc')).toBe(hueOf('abc'))
  expect(hueOf('abc')).not.toBe(hueOf('abd'))
})

test('ids need no secure context', () => {
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) })
  expect(randomId()).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
})

const links = (text: string) =>
  linkify(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []))

test('http and https addresses become links', () => {
  expect(links('see http://a.example and https://b.example/x?y=1#z')).toEqual([
    'http://a.example/',
    'https://b.example/x?y=1#z',
  ])
})

test('punctuation belongs to the sentence, brackets to the address that opened them', () => {
  expect(links('(https://a.example/x).')).toEqual(['https://a.example/x'])
  expect(links('https://a.example/wiki/X_(y)!')).toEqual(['https://a.example/wiki/X_(y)'])
})

test('nothing else becomes a link', () => {
  expect(
    links('javascript:alert(1) data:text/html,x ftp://a.example //a.example https://'),
  ).toEqual([])
})

test('no text is lost', () => {
  const text = 'a https://a.example, (https://b.example) c\nhttp:// d'
  expect(
    linkify(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text)
})
