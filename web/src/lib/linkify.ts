export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string }

const address = /https?:\/\/[^\s<>"'`]+/giu
const trailing = /[.,;:!?…»”’*_~]+$/u
const pairs = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const

/** Splits plain text into text and http(s) links. Nothing else ever becomes a link. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const link = trimAddress(match[0])
    const href = safeHref(link)
    if (!href) continue
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) })
    parts.push({ kind: 'link', text: link, href })
    end = match.index + link.length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

/** Punctuation after an address belongs to the sentence, and so does a bracket that it did not open. */
function trimAddress(text: string): string {
  for (;;) {
    const bare = text.replace(trailing, '')
    const unopened = pairs.some(
      ([open, close]) => bare.endsWith(close) && count(bare, close) > count(bare, open),
    )
    const next = unopened ? bare.slice(0, -1) : bare
    if (next === text) return text
    text = next
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}

function safeHref(text: string): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
}
