import type { ComponentProps } from 'react'

import type { ExtraProps } from 'react-markdown'

/** Leaves room for its largest number: a message may well begin with a year and a dot. */
export function OrderedList({ node, start = 1, children, dir }: ComponentProps<'ol'> & ExtraProps) {
  const items = node?.children.filter((child) => child.type === 'element').length ?? 1
  const digits = String(start + items - 1).length
  return (
    <ol dir={dir} start={start} style={{ paddingInlineStart: `${digits + 1.5}ch` }}>
      {children}
    </ol>
  )
}
