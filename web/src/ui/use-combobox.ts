import { type KeyboardEvent, useEffect, useId, useState } from 'react'

import { isComposing } from '@/lib/keys'

interface Options {
  /** What was typed: with every change the first option is the active one again. */
  query: string
  count: number
  isOpen: boolean
  onChoose: (index: number) => void
}

/** The keys and roles of an editable combobox with a list (ARIA Authoring Practices); the focus stays in the input. */
export function useCombobox({ query, count, isOpen, onChoose }: Options) {
  const id = useId()
  const [chosen, setChosen] = useState({ query, index: 0 })
  const active = Math.min(chosen.query === query ? chosen.index : 0, count - 1)
  const hasActive = isOpen && active >= 0
  useEffect(() => {
    if (hasActive) document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, active, hasActive])

  const onKeyDown = (event: KeyboardEvent) => {
    if (!hasActive || isComposing(event)) return
    if (event.key === 'Enter') onChoose(active)
    else if (event.key === 'ArrowDown') setChosen({ query, index: (active + 1) % count })
    else if (event.key === 'ArrowUp') setChosen({ query, index: (active - 1 + count) % count })
    else return
    event.preventDefault()
  }
  return {
    active,
    inputProps: {
      role: 'combobox' as const,
      'aria-expanded': isOpen && count > 0,
      'aria-controls': `${id}-list`,
      'aria-autocomplete': 'list' as const,
      'aria-activedescendant': hasActive ? `${id}-${active}` : undefined,
      autoComplete: 'off',
      autoCapitalize: 'none',
      spellCheck: false,
      onKeyDown,
    },
    listProps: { id: `${id}-list`, role: 'listbox' as const },
    optionProps: (index: number) => ({
      id: `${id}-${index}`,
      role: 'option' as const,
      'aria-selected': index === active,
      // The input keeps the focus.
      onMouseDown: (event: { preventDefault: () => void }) => event.preventDefault(),
      onClick: () => onChoose(index),
    }),
  }
}
