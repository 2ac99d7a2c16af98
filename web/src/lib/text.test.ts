import { expect, test, vi } from 'vitest'

import { randomId } from './ids'
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
