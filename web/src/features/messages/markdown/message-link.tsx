import type { Element } from 'hast'
import type { ReactNode } from 'react'

import { hiddenHost } from './href'

interface Props {
  node?: Element
  href?: string
  title?: string
  children?: ReactNode
}

/** Opens elsewhere and tells nothing of this page. A text that names another host does not hide where it leads. */
export function MessageLink({ node, href, title, children }: Props) {
  if (href === undefined) return <>{children}</>
  const text = node ? textOf(node) : ''
  const host = hiddenHost(text, href)
  return (
    <>
      <a
        href={href}
        title={title ? `${href}\n${title}` : href}
        target="_blank"
        rel="noopener noreferrer nofollow"
      >
        {text.trim() === '' ? href : children}
      </a>
      {host !== null && <span className="text-muted"> ({host})</span>}
    </>
  )
}

function textOf(node: Element): string {
  return node.children
    .map((child) =>
      child.type === 'text' ? child.value : child.type === 'element' ? textOf(child) : '',
    )
    .join('')
}
