import { type KeyboardEvent, useEffect, useId, useState } from 'react'

import { isComposing } from '@/lib/keys'

interface Options {
  /** What was typed: with every change it starts afresh. */
  query: string
  count: number
  isOpen: boolean
  /** Enter means the first option as long as no other was gone to; otherwise it means what was typed. */
  meansFirst?: boolean
  onChoose: (index: number) => void
}

/** The keys and roles of an editable combobox with a list (ARIA Authoring Practices); the focus stays in the input. */
export function useCombobox({ query, count, isOpen, meansFirst = true, onChoose }: Options) {
  const id = useId()
  const [goneTo, setGoneTo] = useState<{ query: string; index: number } | null>(null)
  const index = goneTo?.query === query ? goneTo.index : meansFirst ? 0 : -1
  const active = isOpen ? Math.min(index, count - 1) : -1
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, active])

  const goTo = (to: number) => setGoneTo({ query, index: (to + count) % count })
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen || count === 0 || isComposing(event)) return
    if (event.key === 'Enter' && active >= 0) onChoose(active)
    else if (event.key === 'ArrowDown') goTo(active + 1)
    else if (event.key === 'ArrowUp') goTo(Math.max(active, 0) - 1)
    else return
    event.preventDefault()
  }
  return {
    inputProps: {
      role: 'combobox' as const,
      'aria-expanded': isOpen && count > 0,
      'aria-controls': `${id}-list`,
      'aria-autocomplete': 'list' as const,
      'aria-activedescendant': active >= 0 ? `${id}-${active}` : undefined,
      autoComplete: 'off',
      autoCapitalize: 'none',
      spellCheck: false,
      onKeyDown,
    },
    listProps: { id: `${id}-list`, role: 'listbox' as const },
    optionProps: (option: number) => ({
      id: `${id}-${option}`,
      role: 'option' as const,
      'aria-selected': option === active,
      // The input keeps the focus.
      onMouseDown: (event: { preventDefault: () => void }) => event.preventDefault(),
      onClick: () => onChoose(option),
    }),
  }
}
