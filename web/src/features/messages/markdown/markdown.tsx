import { memo, type ReactNode } from 'react'
import ReactMarkdown, { type Components, type Options } from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'

import { remarkAsTyped } from './as-typed'
import { CodeBlock } from './code-block'
import { MessageLink } from './message-link'
import { OrderedList } from './ordered-list'
import { schema } from './schema'
import { ScrollingTable } from './scrolling-table'
import { TaskMark } from './task-mark'
import { rehypeVisible } from './visible'

const remarkPlugins: Options['remarkPlugins'] = [[remarkGfm, { singleTilde: false }], remarkAsTyped]
const rehypePlugins: Options['rehypePlugins'] = [[rehypeSanitize, schema], rehypeVisible]

const components: Components = {
  a: MessageLink,
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  input: TaskMark,
  ol: OrderedList,
  pre: CodeBlock,
  table: ScrollingTable,
}

const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={remarkPlugins}
      rehypePlugins={rehypePlugins}
      components={components}
    >
      {text}
    </ReactMarkdown>
  )
})

/** A message as Markdown. What is not rendered is shown as it was typed. */
export function renderMarkdown(text: string): ReactNode {
  return <Markdown text={text} />
}

/** One level: whoever writes a message does not know where it stands in the page. */
function Heading({ dir, children }: { dir?: string; children?: ReactNode }) {
  return <h2 dir={dir}>{children}</h2>
}
