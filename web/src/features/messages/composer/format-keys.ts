import type { KeyboardEvent } from 'react'

import { commandKey, hasCommand } from '@/lib/keys'

import type { Format } from './format'

type Command = Format | 'preview'

const keys: Partial<Record<Command, { key: string; shift: boolean }>> = {
  bold: { key: 'b', shift: false },
  italic: { key: 'i', shift: false },
  strike: { key: 'x', shift: true },
  preview: { key: 'p', shift: true },
}

/** The command that the keys stand for, or null. */
export function commandOf(event: KeyboardEvent): Command | null {
  if (!hasCommand(event)) return null
  const pressed = event.key.toLowerCase()
  const found = Object.entries(keys).find(
    ([, { key, shift }]) => key === pressed && shift === event.shiftKey,
  )
  return found ? (found[0] as Command) : null
}

export function shortcutText(command: Command): string | null {
  const shortcut = keys[command]
  if (!shortcut) return null
  return [commandKey, ...(shortcut.shift ? ['⇧'] : []), shortcut.key.toUpperCase()].join('+')
}
