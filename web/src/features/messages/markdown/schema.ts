import type { Options } from 'rehype-sanitize'

/** The elements and attributes that a message may become. Everything else is dropped, whatever made it. */
export const schema: Options = {
  tagNames: [
    ...['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'a', 'blockquote', 'ul', 'ol', 'li'],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'input'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  attributes: {
    a: ['href', 'title'],
    code: [['className', /^language-./u]],
    input: ['checked', ['type', 'checkbox'], ['disabled', true]],
    ol: ['start'],
    td: ['align'],
    th: ['align'],
  },
  required: { input: { type: 'checkbox', disabled: true } },
  protocols: { href: ['http', 'https', 'mailto'] },
  ancestors: Object.fromEntries(
    ['thead', 'tbody', 'tr', 'th', 'td'].map((name) => [name, ['table']]),
  ),
  clobber: [],
  strip: ['script', 'style'],
}
