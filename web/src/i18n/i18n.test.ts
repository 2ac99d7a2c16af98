import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { Failure } from '@/lib/failure'

import { dayText } from './dates'
import { codeText, failureText, fieldText } from './failure-text'
import { dictionaries, languages } from './language'

function keysOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null
      ? keysOf(inner, `${path}${key}.`)
      : [`${path}${key}`],
  )
}

/** The values of an enumeration in the generated types. */
function valuesOf(name: string): string[] {
  const schema = readFileSync('src/api/schema.ts', 'utf8')
  const [, union = ''] = new RegExp(`\\n\\s+${name}: ("[^;]+);`).exec(schema) ?? []
  return union.split('|').map((value) => value.trim().replaceAll('"', ''))
}

describe.each(Object.entries(dictionaries))('in %s', (_, t) => {
  test('every text is there and none is empty', () => {
    expect(keysOf(t)).toEqual(keysOf(dictionaries.en))
    const texts = JSON.stringify(t, (__, value: unknown) =>
      typeof value === 'function'
        ? (value as (n: number, text: string) => string)(2, 'text')
        : value,
    )
    expect(texts).not.toContain('""')
    expect(texts).not.toContain('undefined')
  })

  test('every code of the server has a text of its own', () => {
    const codes = [...valuesOf('Code'), ...valuesOf('SocketErrorCode')]
    expect(codes).toContain('RATE_LIMITED')
    for (const code of codes) expect(Object.keys(t.errors)).toContain(code)
    for (const code of valuesOf('FieldCode')) expect(Object.keys(t.fieldErrors.any)).toContain(code)
  })

  test('a code that is not known yet has a general text', () => {
    for (const code of ['FROM_THE_FUTURE', 'constructor', '__proto__']) {
      expect(codeText(t, code)).toBe(t.errors.UNEXPECTED)
    }
  })

  test('a limit says how long to wait', () => {
    const failure = new Failure('RATE_LIMITED', { status: 429, retryAfterSeconds: 12 })
    expect(failureText(t, failure)).toContain('12')
  })
})

test('the languages differ', () => {
  expect(Object.keys(languages)).toEqual(Object.keys(dictionaries))
  const { en, fr } = dictionaries
  for (const code of Object.keys(en.errors)) {
    expect(codeText(fr, code)).not.toBe(codeText(en, code))
  }
})

test('a field says what is wrong with it as closely as it can', () => {
  const failure = new Failure('INVALID', {
    fields: { username: 'TOO_SHORT', newPassword: 'TOO_WEAK', content: 'TOO_LONG' },
  })
  const t = dictionaries.en
  expect(fieldText(t, failure, 'username')).toBe('At least 3 characters.')
  expect(fieldText(t, failure, 'newPassword')).toBe(t.fieldErrors.password.TOO_WEAK)
  expect(fieldText(t, failure, 'content')).toBe(t.fieldErrors.any.TOO_LONG)
  expect(fieldText(t, failure, 'email')).toBeNull()
  expect(fieldText(t, null, 'email')).toBeNull()
})

test('French punctuation never starts a line, and apostrophes are round', () => {
  const texts = JSON.stringify(dictionaries.fr, (_, value: unknown) =>
    typeof value === 'function' ? (value as (n: string) => string)('x') : value,
  )
  expect(texts).toContain('\u00a0?')
  expect(texts).not.toMatch(/ [?!:;»]|« |\p{L}'\p{L}/u)
})

test('days are named by how near they are', () => {
  const now = new Date(2024, 5, 15, 12)
  const text = (date: Date) => dayText(dictionaries.fr, 'fr', date.toISOString(), now)
  expect(text(new Date(2024, 5, 15, 0, 1))).toBe('Aujourd’hui')
  expect(text(new Date(2024, 5, 14, 23, 59))).toBe('Hier')
  expect(text(new Date(2024, 0, 2))).toBe('mardi 2 janvier')
  expect(text(new Date(2023, 0, 2))).toBe('lundi 2 janvier 2023')
})
