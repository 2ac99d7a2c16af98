import type { Element, ElementContent, Root } from 'hast'
import type { Plugin } from 'unified'

/** Gives every block the direction of its own text, and shows marks that stand for nothing else as they are. */
export const rehypeVisible: Plugin<[], Root> = () => {
  return (tree, file) => {
    if (!hasContent(tree)) tree.children = [paragraph(String(file))]
    for (const node of tree.children) {
      if (node.type === 'element') node.properties.dir = 'auto'
    }
  }
}

function hasContent(node: Root | ElementContent): boolean {
  if (node.type === 'text') return node.value.trim() !== ''
  if (node.type === 'element' && node.tagName === 'hr') return true
  return 'children' in node && (node as Element).children.some(hasContent)
}

function paragraph(value: string): Element {
  return { type: 'element', tagName: 'p', properties: {}, children: [{ type: 'text', value }] }
}
