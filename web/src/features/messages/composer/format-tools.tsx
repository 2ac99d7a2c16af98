import { Bold, Code, Italic, Link, List, type LucideIcon, Quote, Strikethrough } from 'lucide-react'

import { useTexts } from '@/i18n/language'
import { IconButton } from '@/ui/icon-button'

import type { Format } from './format'
import { shortcutText } from './format-keys'

const tools: [kind: Format, icon: LucideIcon][] = [
  ['bold', Bold],
  ['italic', Italic],
  ['strike', Strikethrough],
  ['code', Code],
  ['link', Link],
  ['list', List],
  ['quote', Quote],
]

export function FormatTools({ onFormat }: { onFormat: (kind: Format) => void }) {
  const t = useTexts()
  return (
    <div role="group" aria-label={t.composer.formatting} className="flex flex-wrap">
      {tools.map(([kind, icon]) => {
        const shortcut = shortcutText(kind)
        return (
          <IconButton
            key={kind}
            icon={icon}
            label={t.composer.formats[kind]}
            title={shortcut ? `${t.composer.formats[kind]} (${shortcut})` : undefined}
            // The text keeps the focus, and a phone its keyboard.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onFormat(kind)}
            className="max-md:size-9"
          />
        )
      })}
    </div>
  )
}
