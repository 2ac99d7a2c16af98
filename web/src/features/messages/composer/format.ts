export type Format = 'bold' | 'italic' | 'strike' | 'code' | 'link' | 'list' | 'quote'

/** Text that takes the place of a range, and what is selected afterwards. */
export interface Edit {
  from: number
  to: number
  insert: string
  select: [from: number, to: number]
}

const marks = { bold: '**', italic: '_', strike: '~~', code: '`' }
const prefixes = { list: '- ', quote: '> ' }
const ADDRESS = 'https://'

/** What a format makes of the selection; a second time it takes it back. */
export function format(kind: Format, text: string, from: number, to: number): Edit {
  if (kind === 'list' || kind === 'quote') return prefixed(prefixes[kind], text, from, to)
  const selected = text.slice(from, to)
  // Marks hold only right at a word, and a double click selects the space after it too.
  const start = from + (selected.length - selected.trimStart().length)
  const end = Math.max(start, to - (selected.length - selected.trimEnd().length))
  if (kind === 'link') return linked(text, start, end)
  if (kind === 'code' && text.slice(start, end).includes('\n')) return fenced(text, start, end)
  return wrapped(marks[kind], text, start, end)
}

function wrapped(mark: string, text: string, from: number, to: number): Edit {
  const inner = text.slice(from, to)
  const { length } = mark
  if (isMarked(text.slice(0, from), text.slice(to), mark)) {
    return edit(from - length, to + length, inner, 0, inner.length)
  }
  return edit(from, to, mark + inner + mark, length, length + inner.length)
}

function isMarked(before: string, after: string, mark: string): boolean {
  return before.endsWith(mark) && after.startsWith(mark)
}

function fenced(text: string, from: number, to: number): Edit {
  const inner = text.slice(from, to)
  const before = from > 0 && text[from - 1] !== '\n' ? '\n' : ''
  const after = to < text.length && text[to] !== '\n' ? '\n' : ''
  const start = before.length + 4
  return edit(from, to, `${before}\`\`\`\n${inner}\n\`\`\`${after}`, start, start + inner.length)
}

function linked(text: string, from: number, to: number): Edit {
  const inner = text.slice(from, to)
  if (/^https?:\/\/\S+$/u.test(inner)) return edit(from, to, `[](${inner})`, 1, 1)
  const start = inner.length + 3
  return edit(from, to, `[${inner}](${ADDRESS})`, start, start + ADDRESS.length)
}

function prefixed(prefix: string, text: string, from: number, to: number): Edit {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const newline = text.indexOf('\n', to)
  const end = newline === -1 ? text.length : newline
  const lines = text.slice(start, end).split('\n')
  const isDone = lines.every((line) => line.startsWith(prefix))
  const insert = lines
    .map((line) => (isDone ? line.slice(prefix.length) : prefix + line))
    .join('\n')
  const first = lines.length === 1 ? insert.length : 0
  return edit(start, end, insert, first, insert.length)
}

function edit(from: number, to: number, insert: string, first: number, last: number): Edit {
  return { from, to, insert, select: [from + first, from + last] }
}
