import type { Element, Root } from 'hast'
import rehypeSanitize from 'rehype-sanitize'
import { expect, test } from 'vitest'

import { schema } from './schema'

function kept(tagName: string, properties: Element['properties'] = {}): Element | undefined {
  const child: Element = { type: 'element', tagName, properties, children: [] }
  const tree: Root = { type: 'root', children: [child] }
  const [first] = rehypeSanitize(schema)(tree).children
  return first?.type === 'element' ? first : undefined
}

test('what is not listed is dropped, whatever made it', () => {
  expect(kept('p')).toBeDefined()
  for (const name of [
    'script',
    'style',
    'img',
    'svg',
    'iframe',
    'form',
    'button',
    'object',
    'td',
  ]) {
    expect(kept(name), name).toBeUndefined()
  }
})

test('links keep addresses of the web and of mail, and nothing else', () => {
  const hrefOf = (href: string) =>
    kept('a', { href, onClick: 'x', style: 'x', id: 'x' })?.properties
  expect(hrefOf('https://a.example')).toEqual({ href: 'https://a.example' })
  expect(hrefOf('mailto:a@a.example')).toEqual({ href: 'mailto:a@a.example' })
  for (const href of ['javascript:x', 'JAVASCRIPT:x', 'data:x', 'vbscript:x', 'file:///x']) {
    expect(hrefOf(href), href).toEqual({})
  }
})

test('the only input is a box that cannot be ticked, and the only class a language', () => {
  expect(kept('input', { type: 'text', onFocus: 'x' })?.properties).toEqual({
    type: 'checkbox',
    disabled: true,
  })
  expect(kept('code', { className: ['language-js', 'fixed'] })?.properties).toEqual({
    className: ['language-js'],
  })
})
