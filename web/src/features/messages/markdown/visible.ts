import type { Element, ElementContent, Root } from 'hast'
import type { Plugin } from 'unified'
import { visit } from 'unist-util-visit'

/** Gives every block the direction of its own text, and shows marks that stand for nothing else as they are. */
export const rehypeVisible: Plugin<[], Root> = () => {
  return (tree, file) => {
    if (!hasContent(tree)) tree.children = [paragraph(String(file))]
    visit(tree, 'element', dropLayout)
    for (const node of tree.children) {
      if (node.type === 'element') node.properties.dir = 'auto'
    }
  }
}

const blocks = [
  'p',
  'ul',
  'ol',
  'blockquote',
  'pre',
  'table',
  'hr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
]

/** The line ends that only lay out the source would show in an item of a list, where those of its text do. */
function dropLayout(node: Element): void {
  if (node.tagName !== 'li') return
  const isBlock = (child?: ElementContent) =>
    !child || (child.type === 'element' && blocks.includes(child.tagName))
  node.children = node.children.filter(
    (child, index, all) =>
      child.type !== 'text' ||
      child.value !== '\n' ||
      !(isBlock(all[index - 1]) || isBlock(all[index + 1])),
  )
}

function hasContent(node: Root | ElementContent): boolean {
  if (node.type === 'text') return node.value.trim() !== ''
  if (node.type === 'element' && node.tagName === 'hr') return true
  return 'children' in node && (node as Element).children.some(hasContent)
}

function paragraph(value: string): Element {
  return { type: 'element', tagName: 'p', properties: {}, children: [{ type: 'text', value }] }
}
