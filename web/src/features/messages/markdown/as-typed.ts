import type {
  Break,
  Code,
  Emphasis,
  Image,
  Link,
  Nodes,
  PhrasingContent,
  Root,
  Strong,
  Table,
  Text,
} from 'mdast'
import { toString } from 'mdast-util-to-string'
import type { Plugin } from 'unified'
import { visit } from 'unist-util-visit'

import { safeHref } from './href'

/**
 * What Markdown would swallow and nobody who chats means: HTML, entities, code by indentation, underlined headings,
 * definitions and footnotes that show elsewhere or not at all.
 */
const disabled = [
  ...['htmlFlow', 'htmlText', 'characterReference', 'codeIndented', 'setextUnderline'],
  ...['definition', 'gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'],
  'hardBreakEscape',
]

interface ParserData {
  settings?: object
  micromarkExtensions?: object[]
}

/** Leaves as typed what is not rendered: other syntax, and links and images that lead nowhere safe. */
export const remarkAsTyped: Plugin<[], Root> = function asTyped() {
  const data: ParserData = this.data()
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: disabled } }]

  return (tree, file) => {
    visit(tree, 'link', (link) => {
      visit(link, 'image', (image, index, parent) => {
        if (parent && index !== undefined) parent.children[index] = text(image.alt ?? '')
      })
    })
    visit(tree, 'code', keepInfo)
    visit(tree, 'table', keepCells)
    visit(tree, (node, index, parent) => {
      if (!parent || index === undefined || !isOurs(node)) return
      parent.children[index] = replacement(node, String(file))
    })
  }
}

/** One word after the fence is the language; more of them are the first line. */
function keepInfo(code: Code): void {
  const info = [code.lang, code.meta].filter(Boolean).join(' ')
  if (!/\s/u.test(info)) return
  code.value = `${info}\n${code.value}`
  code.lang = null
  code.meta = null
}

/** A row may have more cells than the head: what is in them stands in its last one. */
function keepCells(table: Table): void {
  const columns = table.children[0]?.children.length ?? 0
  for (const { children: cells } of table.children) {
    const surplus = cells.splice(columns)
    cells.at(-1)?.children.push(...surplus.flatMap((cell) => [text(' | '), ...cell.children]))
  }
}

type Ours = Break | Emphasis | Image | Link | Strong

function isOurs(node: Nodes): node is Ours {
  return ['break', 'emphasis', 'image', 'link', 'strong'].includes(node.type)
}

function replacement(node: Ours, source: string): PhrasingContent {
  switch (node.type) {
    case 'break':
      // Line ends stay in the text: the style shows them.
      return text('\n')
    case 'emphasis':
    case 'strong':
      return isWithinWord(node, source) ? text(typed(node, source)) : node
    case 'image':
      // An image would tell its server who reads.
      return linkTo(node, [text(node.alt ?? '')]) ?? text(typed(node, source))
    case 'link':
      return linkTo(node, node.children) ?? text(typed(node, source))
  }
}

function linkTo({ url: address, title }: Image | Link, children: PhrasingContent[]): Link | null {
  const url = safeHref(address)
  return url === null ? null : { type: 'link', url, title, children }
}

/** As in 2*3*4, which is no 3 in italics. */
function isWithinWord({ position }: Nodes, source: string): boolean {
  const start = position?.start.offset ?? 0
  const end = position?.end.offset ?? 0
  return /\w/u.test(source.charAt(start - 1)) && /\w/u.test(source.charAt(end))
}

function typed(node: Ours, source: string): string {
  const { start, end } = node.position ?? {}
  // Addresses that were found in text have no place of their own; they are what they show.
  if (!start || !end) return 'children' in node ? toString(node) : ''
  return source.slice(start.offset, end.offset)
}

function text(value: string): Text {
  return { type: 'text', value }
}
