import { useTexts } from '@/i18n/language'
import { commandKey, optionKey } from '@/lib/keys'
import { Dialog } from '@/ui/dialog'

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const t = useTexts()
  const { names, keys } = t.shortcuts
  const shift = keys.shift
  const rows: readonly (readonly [string, readonly string[]])[] = [
    [names.switcher, [commandKey, 'K']],
    [names.previous, [optionKey, '↑']],
    [names.next, [optionKey, '↓']],
    [names.previousUnread, [optionKey, shift, '↑']],
    [names.nextUnread, [optionKey, shift, '↓']],
    [names.send, [keys.enter]],
    [names.newLine, [shift, keys.enter]],
    [names.bold, [commandKey, 'B']],
    [names.italic, [commandKey, 'I']],
    [names.strike, [commandKey, shift, 'X']],
    [names.preview, [commandKey, shift, 'P']],
    [names.shortcuts, [commandKey, '/']],
    [names.markRead, [keys.escape]],
  ]
  return (
    <Dialog title={t.shortcuts.title} onClose={onClose}>
      <dl className="flex flex-col gap-1 text-sm">
        {rows.map(([name, combination]) => (
          <div key={name} className="flex min-h-8 items-center justify-between gap-4">
            <dt>{name}</dt>
            <dd className="flex shrink-0 gap-1">
              {combination.map((key) => (
                <kbd
                  key={key}
                  className="rounded border border-line bg-hover px-1.5 py-0.5 font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
