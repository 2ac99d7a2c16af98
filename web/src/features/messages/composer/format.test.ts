import { expect, test } from 'vitest'

import { type Format, format } from './format'

/** The selection is written between brackets of its own kind. */
function apply(kind: Format, marked: string): string {
  const from = marked.indexOf('⟦')
  const to = marked.indexOf('⟧') - 1
  const text = marked.replace(/[⟦⟧]/gu, '')
  const edit = format(kind, text, from, to)
  const result = text.slice(0, edit.from) + edit.insert + text.slice(edit.to)
  const [first, last] = edit.select
  return `${result.slice(0, first)}⟦${result.slice(first, last)}⟧${result.slice(last)}`
}

test.each<[Format, string, string]>([
  ['bold', 'so ⟦bold⟧', 'so **⟦bold⟧**'],
  ['bold', 'so **⟦bold⟧**', 'so ⟦bold⟧'],
  ['bold', '⟦a word ⟧here', '**⟦a word⟧** here'],
  ['italic', '⟦⟧', '_⟦⟧_'],
  ['strike', '⟦x⟧', '~~⟦x⟧~~'],
  ['code', 'a ⟦b⟧', 'a `⟦b⟧`'],
  ['code', 'a ⟦b\nc⟧ d', 'a \n```\n⟦b\nc⟧\n```\n d'],
  ['link', 'see ⟦this⟧', 'see [this](⟦https://⟧)'],
  ['link', '⟦https://a.example⟧', '[⟦⟧](https://a.example)'],
  ['list', 'a\nb⟦⟧\nc', 'a\n- b⟦⟧\nc'],
  ['list', '⟦a\nb⟧', '⟦- a\n- b⟧'],
  ['list', '⟦- a\n- b⟧', '⟦a\nb⟧'],
  ['quote', '⟦🙂⟧', '> 🙂⟦⟧'],
])('%s of %j is %j', (kind, before, after) => {
  expect(apply(kind, before)).toBe(after)
})
