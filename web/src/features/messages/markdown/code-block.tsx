import type { Element } from 'hast'

import { useTexts } from '@/i18n/language'
import { CopyButton } from '@/ui/copy-button'

import { useHighlighted } from './use-highlighted'

/** Code as it was typed at once, and in colours as soon as its language is here. */
export function CodeBlock({ node }: { node?: Element }) {
  const t = useTexts()
  const { code, language } = contentOf(node)
  const lines = useHighlighted(code, language)
  return (
    <div className="code-box" dir="ltr">
      {/* It scrolls: it must be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre role="group" aria-label={t.text.code(language)} tabIndex={0}>
        <code>
          {lines
            ? lines.map((line, row) => (
                <span key={row}>
                  {row > 0 && '\n'}
                  {line.map((token, column) => (
                    <span key={column} style={{ color: token.color }}>
                      {token.content}
                    </span>
                  ))}
                </span>
              ))
            : code}
        </code>
      </pre>
      <CopyButton label={t.text.copy} text={code} isCorner />
    </div>
  )
}

function contentOf(node?: Element): { code: string; language: string } {
  const code = node?.children[0]
  if (code?.type !== 'element') return { code: '', language: '' }
  const [text] = code.children
  const name = Array.isArray(code.properties.className) ? String(code.properties.className[0]) : ''
  return {
    code: text?.type === 'text' ? text.value.replace(/\n$/u, '') : '',
    language: name.replace(/^language-/u, '').toLowerCase(),
  }
}
